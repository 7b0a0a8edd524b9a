/**
 * The sending half of a line over NATS: bytes go out as numbered packets, no more at once than the other side has taken, and every packet is kept until
 * the other side has it. What the broker loses is published again; what it keeps twice the other side drops.
 */

/** Bytes of a line that may be under way or waiting for the reader, at most and to begin with. */
export const WINDOW = 16 << 20
const FIRST_WINDOW = 1 << 20
/** Where packets take longer than this to arrive, more of them at once would only wait in the broker. */
const NEAR_MS = 2000
/** Packets under way of which nothing is heard for so long, and for four times as long as they usually take, are published again. */
const AGAIN_MS = 3000
const LONGEST_AGAIN_MS = 10_000
/** Nothing more arrived for so long: the line is given up. */
export const STALLED_MS = 25_000

/** `data` is dropped when the packet has arrived; its bytes count until they are taken. */
type Packet = { seq: number; size: number; data: Buffer | undefined; at: number; again: boolean }

export type Packets = {
  /** at once, in the order of the calls. @param id by which the broker knows a second publication of the same packet */
  publish: (id: string, data: Buffer) => void
  /** the line is given up; called once */
  fail: (reason: Error) => void
  /** of a packet's data */
  mostBytes: number
  now?: () => number
}

/** A packet without data ends the line. */
const END = Buffer.alloc(0)

export class Outgoing {
  readonly #packets: Packets
  readonly #way: string
  readonly #now: () => number
  /** From the first that is not taken. */
  #kept: Packet[] = []
  #next = 1
  #arrived = 0
  #outstanding = 0
  #window = FIRST_WINDOW
  #usualMs = 0
  #progressAt: number
  #roundAt: number
  #round = 0
  #wake: (() => void)[] = []
  #failure: Error | undefined

  /** @param way distinguishes the packets of the two directions of a line */
  constructor(way: string, packets: Packets) {
    this.#way = way
    this.#packets = packets
    this.#now = packets.now ?? (() => performance.now())
    this.#progressAt = this.#now()
    this.#roundAt = this.#progressAt
  }

  /** The number of the last packet that was published. */
  get sent(): number {
    return this.#next - 1
  }

  /** Bytes not yet taken by the other side. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Resolves when all of it is under way. Rejects where the line has failed. */
  async write(data: Buffer): Promise<void> {
    const parts = Math.ceil(data.length / this.#packets.mostBytes)
    const size = Math.ceil(data.length / parts)
    for (let at = 0; at < data.length; at += size) {
      while (this.#outstanding >= this.#window) await this.#change()
      this.#send(data.subarray(at, at + size))
    }
  }

  /** Resolves when the other side has everything, or the line has failed. */
  async end(): Promise<void> {
    if (!this.#failure) this.#send(END)
    const last = this.#next - 1
    while (this.#arrived < last) await this.#change()
  }

  /** The other side has everything up to `arrived` and has read up to `taken`. Numbers that cannot be are passed over. */
  acknowledged(arrived: number, taken: number): void {
    if (!(arrived < this.#next && taken <= arrived)) return
    if (arrived > this.#arrived) this.#advance(arrived)
    let gone = 0
    while (gone < this.#kept.length && this.#kept[gone]!.seq <= taken) this.#outstanding -= this.#kept[gone++]!.size
    if (gone > 0) this.#kept = this.#kept.slice(gone)
    this.#notify()
  }

  /** The connection was lost and is back: whatever was under way may be gone. */
  again(): void {
    this.#round += 1
    this.#roundAt = this.#now()
    // the broker knows the first publications by their ids; where it says it has one that never arrives, another id makes it take it
    const suffix = this.#round > 1 ? `.${this.#round}` : ''
    for (const packet of this.#kept) {
      if (packet.data === undefined) continue
      packet.again = true
      this.#packets.publish(`${this.#way}${packet.seq}${suffix}`, packet.data)
    }
  }

  /** To be called every second or so. */
  watch(): void {
    const now = this.#now()
    if (this.#failure || this.#arrived === this.#next - 1) return
    const stalledMs = now - this.#progressAt
    const patience = Math.max(AGAIN_MS, 4 * this.#usualMs)
    if (stalledMs > Math.max(STALLED_MS, 2 * patience))
      this.fail(new Error(`NATS carried nothing to the other side for ${Math.round(stalledMs / 1000)} seconds; the delivery is taken up again`))
    else if (now - Math.max(this.#progressAt, this.#roundAt) > Math.min(patience * 2 ** this.#round, Math.max(LONGEST_AGAIN_MS, patience))) this.again()
  }

  fail(reason: Error): void {
    if (this.#failure) return
    this.#failure = reason
    this.#kept = []
    this.#notify()
    this.#packets.fail(reason)
  }

  #send(data: Buffer): void {
    if (this.#failure) throw this.#failure
    const seq = this.#next++
    const at = this.#now()
    if (this.#arrived === seq - 1) this.#progressAt = at // nothing was under way: from now on something must arrive
    this.#outstanding += data.length
    this.#kept.push({ seq, size: data.length, data, at, again: false })
    this.#packets.publish(`${this.#way}${seq}`, data)
  }

  #advance(arrived: number): void {
    const now = this.#now()
    let bytes = 0
    for (const packet of this.#kept) {
      if (packet.seq > arrived) break
      if (packet.data === undefined) continue
      bytes += packet.size
      packet.data = undefined
      if (!packet.again) this.#usualMs = this.#usualMs === 0 ? now - packet.at : 0.8 * this.#usualMs + 0.2 * (now - packet.at)
    }
    this.#arrived = arrived
    this.#progressAt = now
    this.#round = 0
    if (this.#usualMs < NEAR_MS) this.#window = Math.min(WINDOW, this.#window + bytes)
  }

  /** Resolves with the next acknowledgement. */
  async #change(): Promise<void> {
    if (!this.#failure) await new Promise<void>((resolve) => this.#wake.push(resolve))
    if (this.#failure) throw this.#failure
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}
