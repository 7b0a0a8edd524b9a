/** One row of the target table as a line of JSON, and the file of raw results beside it. */
import fs from 'node:fs'
import os from 'node:os'

export type Line = {
  row: string
  target: number
  stretch: number | null
  /** the median of our figure, in `unit` */
  ours: number
  peer: string | null
  /** as many times as good as the peer; null where the target is a plain figure */
  ratio: number | null
  pass: boolean
  rounds: number
  quick: boolean
} & Record<string, unknown>

export function machine() {
  return {
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  }
}

/** Prints the lines and writes them with the raw measurements to results/<name>-<day>[-quick].json. */
export function report(name: string, lines: readonly Line[], raw: unknown): void {
  const at = new Date().toISOString()
  const told = lines.map((line) => ({ ...line, machine: machine(), load: os.loadavg().map((value) => Number(value.toFixed(1))) }))
  const folder = new URL('../results/', import.meta.url)
  fs.mkdirSync(folder, { recursive: true })
  const quick = lines.some((line) => line.quick) ? '-quick' : ''
  fs.writeFileSync(new URL(`${name}-${at.slice(0, 10)}${quick}.json`, folder), `${JSON.stringify({ at, lines: told, raw }, null, 1)}\n`)
  for (const line of told) console.log(JSON.stringify(line))
}
