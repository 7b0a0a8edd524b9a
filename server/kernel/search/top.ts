/** The best so many hits of a search, and the place in the order where the next page begins. */

/** A hit's place in the order: rank, then order key, both descending, then name. Plain data, to be handed back for the next page. */
export type Cursor = { rank: number; order: number; id: string }

/** A heap with the worst of the kept on top. */
export class Top {
  private readonly heap: Cursor[] = []
  private readonly size: number
  private readonly after: Cursor | undefined

  /** Keeps the first `size` of those that come after `after`. */
  constructor(size: number, after?: Cursor) {
    this.size = size
    this.after = after
  }

  /** False where nothing of this rank and order key could be kept: a cheap question before dear ones. */
  admits(rank: number, order: number): boolean {
    if (this.heap.length < this.size) return true
    const worst = this.heap[0]
    return worst !== undefined && (rank > worst.rank || (rank === worst.rank && order >= worst.order))
  }

  offer(candidate: Cursor): void {
    if (this.after && compare(candidate, this.after) <= 0) return
    const { heap } = this
    if (heap.length < this.size) this.rise(heap.push(candidate) - 1)
    else if (heap[0] && compare(candidate, heap[0]) < 0) {
      heap[0] = candidate
      this.sink()
    }
  }

  /** The kept, best first. */
  sorted(): Cursor[] {
    return [...this.heap].sort(compare)
  }

  private rise(from: number): void {
    const { heap } = this
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (compare(heap[parent]!, heap[at]!) >= 0) return
      this.swap(at, parent)
      at = parent
    }
  }

  private sink(): void {
    const { heap } = this
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      if (left >= heap.length) return
      const worse = right < heap.length && compare(heap[right]!, heap[left]!) > 0 ? right : left
      if (compare(heap[worse]!, heap[at]!) <= 0) return
      this.swap(at, worse)
      at = worse
    }
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a]!
    this.heap[a] = this.heap[b]!
    this.heap[b] = kept
  }
}

function compare(a: Cursor, b: Cursor): number {
  if (a.rank !== b.rank) return b.rank - a.rank
  if (a.order !== b.order) return b.order - a.order
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** A cursor as one opaque word for a link. */
export function formatCursor({ rank, order, id }: Cursor): string {
  return Buffer.from(JSON.stringify([rank, order, id])).toString('base64url')
}

/** The cursor of such a word, or undefined where it is none. */
export function parseCursor(word: string): Cursor | undefined {
  try {
    const [rank, order, id]: unknown[] = JSON.parse(Buffer.from(word, 'base64url').toString())
    if (typeof rank === 'number' && typeof order === 'number' && typeof id === 'string') return { rank, order, id }
  } catch {
    // not of ours
  }
  return undefined
}
