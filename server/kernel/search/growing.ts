type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** The array itself where it holds `length` elements, else a copy with room for at least twice as many as it held; new elements are 0. */
export function withRoom<A extends Numbers>(array: A, length: number): A {
  if (array.length >= length) return array
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2, 16))
  larger.set(array)
  return larger
}

/** The first `length` elements in memory of just that size. The given array must not be used afterwards. */
export function shrunk(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer>
export function shrunk(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer>
export function shrunk(array: Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>, length: number): Numbers {
  const make = array.constructor as new (buffer: ArrayBuffer) => Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  return new make(array.buffer.transfer(length * array.BYTES_PER_ELEMENT))
}
