/** Pairs of characters to token numbers: a hash table in two typed arrays, several times as fast as a Map here. */
const GOLDEN = 0x9e3779b1
const FULL = 0.6

export class PairTable {
  private keys = new Uint32Array(1024)
  /** Token number + 1; 0 where the place is free. */
  private values = new Int32Array(1024)
  private shift = 22
  size = 0

  get(key: number): number | undefined {
    const value = this.values[this.place(key)]!
    return value === 0 ? undefined : value - 1
  }

  /** The number of the key; `fresh`, which it then gets, where it had none. */
  getOrAdd(key: number, fresh: number): number {
    const place = this.place(key)
    const value = this.values[place]!
    if (value !== 0) return value - 1
    this.keys[place] = key
    this.values[place] = fresh + 1
    this.size += 1
    if (this.size > this.keys.length * FULL) this.double()
    return fresh
  }

  /** All keys, ascending. */
  sortedKeys(): Uint32Array {
    return this.keys.filter((_, place) => this.values[place] !== 0).sort()
  }

  /** The numbers of all pairs with this first character. */
  valuesBeginning(first: number): number[] {
    const found: number[] = []
    for (let place = 0; place < this.keys.length; place += 1) {
      if (this.keys[place]! >>> 16 === first && this.values[place] !== 0) found.push(this.values[place]! - 1)
    }
    return found
  }

  get bytes(): number {
    return this.keys.byteLength + this.values.byteLength
  }

  private place(key: number): number {
    const last = this.keys.length - 1
    let place = Math.imul(key, GOLDEN) >>> this.shift
    while (this.values[place] !== 0 && this.keys[place] !== key) place = (place + 1) & last
    return place
  }

  private double(): void {
    const { keys, values } = this
    this.keys = new Uint32Array(keys.length * 2)
    this.values = new Int32Array(keys.length * 2)
    this.shift -= 1
    for (const [old, key] of keys.entries()) {
      if (values[old] === 0) continue
      const place = this.place(key)
      this.keys[place] = key
      this.values[place] = values[old]!
    }
  }
}
