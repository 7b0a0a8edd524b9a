type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** The array itself where it holds `length` elements, else a copy with room for at least twice as many as it held; new elements are 0. */
export function withRoom<A extends Numbers>(array: A, length: number): A {
  if (array.length >= length) return array
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2, 16))
  larger.set(array)
  return larger
}

/** The first `length` elements: copied to memory of that size where more than a quarter would lie idle, else in place. */
export function fitted<A extends Uint32Array | Uint8Array>(array: A, length: number): A {
  return (length < array.length * 0.75 ? array.slice(0, length) : array.subarray(0, length)) as A
}
