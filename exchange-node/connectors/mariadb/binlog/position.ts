/** A place in the binary log between two transactions: `binlog.000007:4711`, with the last transaction's GTID where the server names it, `binlog.000007:4711/0-1-93`. */
import { refusal } from '../../../refusal.ts'

export type Position = { file: string; position: number; gtid: string | undefined }

const SHAPE = /^([^:/\s]+\.(\d+)):(\d+)(?:\/(\S+))?$/

/** Refuses `protocol`: positions come back from the other side. */
export function positionOf(text: string): Position {
  const [, file, , position, gtid] = SHAPE.exec(text) ?? []
  if (file === undefined) throw refusal('protocol', `«${text.slice(0, 64)}» is no place in a binary log`)
  return { file, position: Number(position), gtid }
}

export function positionText({ file, position, gtid }: Position): string {
  return `${file}:${position}${gtid === undefined ? '' : `/${gtid}`}`
}

/** Below, above or at 0 as `a` lies before, behind or at `b` in the log of one server. */
export function comparePositions(a: string, b: string): number {
  const [left, right] = [SHAPE.exec(a), SHAPE.exec(b)]
  if (!left || !right) throw refusal('protocol', `«${a}» and «${b}» cannot be compared as places in a binary log`)
  return Number(left[2]) - Number(right[2]) || Number(left[3]) - Number(right[3])
}
