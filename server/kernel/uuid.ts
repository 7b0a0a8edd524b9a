import { randomBytes } from 'node:crypto'
import type { Id } from './contract.ts'

/** A UUID version 7 (RFC 9562): its first 48 bits are the moment in milliseconds, so that keys sort by age. */
export function uuidv7(milliseconds: number): Id {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(milliseconds, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
