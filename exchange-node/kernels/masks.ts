/** Masks as functions over the bytes of one value in a COPY tuple. */
import type { Mask } from '@zhenghe/wire/documents.ts'
import { characterBytes, DATE_INFINITY, DATE_MINUS_INFINITY, daysOfYear, readInt32, writeInt32, yearOf } from './layout.ts'

/**
 * Writes the masked form of a value that is not null: `length` bytes of `from` at `at`, to `into` at `to`. Answers the bytes written, or -1
 * where the value becomes null. `from` and `into` are different buffers.
 */
export type MaskBytes = (from: Buffer, at: number, length: number, into: Buffer, to: number) => number

/** `growth` is how many bytes longer than the value the masked form may be. */
export type CompiledMask = { write: MaskBytes; growth: number }

const ASTERISK = 42

export function compileMask(mask: Mask): CompiledMask {
  switch (mask.kind) {
    case 'name':
      return { write: maskName, growth: 2 }
    case 'middle':
      return { write: maskMiddle(mask.head, mask.tail), growth: 0 }
    case 'fixed': {
      const constant = Buffer.from(mask.text)
      return { write: (_from, _at, _length, into, to) => constant.copy(into, to), growth: constant.length }
    }
    case 'null':
      return { write: () => -1, growth: 0 }
    case 'year':
      return { write: maskYear, growth: 0 }
  }
}

function maskName(from: Buffer, at: number, length: number, into: Buffer, to: number): number {
  const first = length === 0 ? 0 : characterBytes(from[at]!)
  for (let i = 0; i < first; i++) into[to + i] = from[at + i]!
  into[to + first] = ASTERISK
  into[to + first + 1] = ASTERISK
  return first + 2
}

function maskMiddle(head: number, tail: number): MaskBytes {
  return (from, at, length, into, to) => {
    let characters = 0
    for (let i = at; i < at + length; i++) if ((from[i]! & 0xc0) !== 0x80) characters++
    const [keptHead, keptTail] = characters > head + tail ? [head, tail] : [0, 0]
    let character = -1
    let written = to
    for (let i = at; i < at + length; i++) {
      const starts = (from[i]! & 0xc0) !== 0x80
      if (starts) character++
      if (character < keptHead || character >= characters - keptTail) into[written++] = from[i]!
      else if (starts) into[written++] = ASTERISK
    }
    return written - to
  }
}

function maskYear(from: Buffer, at: number, _length: number, into: Buffer, to: number): number {
  const days = readInt32(from, at)
  const endless = days === DATE_INFINITY || days === DATE_MINUS_INFINITY
  writeInt32(into, to, endless ? days : daysOfYear(yearOf(days)))
  return 4
}
