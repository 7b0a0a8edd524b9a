/**
 * Every row of the target table of the exchange in one go: the benches one after another, each a process of its own, and one line of JSON a row.
 * A bench that is not built is told as skipped, one that fails as failed. `--quick`: smaller sizes and fewer rounds, within eight minutes.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { jsonLines } from './measure/figures.ts'
import { machine } from './measure/line.ts'

type Bench = { name: string; quick: readonly string[] }

const BENCHES: readonly Bench[] = [
  { name: 'exchange', quick: ['--rows', '200000', '--rounds', '2'] },
  { name: 'transform', quick: [] },
  { name: 'refresh', quick: [] },
  { name: 'capture', quick: [] },
  { name: 'memory', quick: [] },
  { name: 'reconcile', quick: [] },
  { name: 'gateway', quick: [] },
  { name: 'nats', quick: ['--rows', '200000', '--rounds', '2'] },
  { name: 'suites', quick: ['--rows', '200000', '--rounds', '2'] },
  { name: 'ledger', quick: [] },
  { name: 'kill', quick: [] },
]
const QUICK_MS = 8 * 60_000

export async function run(args: string[]): Promise<void> {
  const quick = args.includes('--quick')
  const until = quick ? performance.now() + QUICK_MS : Number.POSITIVE_INFINITY
  const lines: Record<string, unknown>[] = []
  if (quick) console.log('quick: small sizes and few rounds; its figures say whether everything works, not how fast it is')
  for (const bench of BENCHES) {
    const told = await rowsOf(bench, quick, until - performance.now())
    for (const line of told) console.log(JSON.stringify(line))
    lines.push(...told)
  }
  const at = new Date().toISOString()
  const folder = new URL('results/', import.meta.url)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(
    new URL(`exchange-all-${at.slice(0, 10)}${quick ? '-quick' : ''}.json`, folder),
    `${JSON.stringify({ at, quick, machine: machine(), lines }, null, 1)}\n`,
  )
  if (lines.some((line) => 'failed' in line)) process.exitCode = 1
}

/** The lines of one bench, with its name where they lack a row's. */
async function rowsOf({ name, quick: sizes }: Bench, quick: boolean, leftMs: number): Promise<Record<string, unknown>[]> {
  if (!fs.existsSync(new URL(`${name}.ts`, import.meta.url))) return [{ row: name, skipped: 'not built' }]
  if (leftMs <= 0) return [{ row: name, skipped: 'no time left' }]
  const args = [path.join(import.meta.dirname, 'run.ts'), name, ...(quick ? ['--quick', ...sizes] : [])]
  const { code, output } = await ran(args, leftMs)
  if (code !== 0) return [{ row: name, failed: code === null ? 'stopped: out of time' : `ended with ${code}` }]
  return jsonLines(output).map(({ bench, ...line }) => ({ row: bench ?? name, ...line, quick }))
}

function ran(args: readonly string[], leftMs: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    // asked first to end in order: it stops the databases that it started
    const timer = Number.isFinite(leftMs) ? setTimeout(() => child.kill('SIGTERM'), leftMs) : undefined
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve({ code, output: Buffer.concat(chunks).toString() })
    })
  })
}
