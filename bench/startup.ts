/** From the command to «ready», cold (nothing on disk) and warm: the platform alone, and the whole demonstration city. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@zhenghe/server/kernel/embedded.ts'

const root = path.resolve(import.meta.dirname, '..')
const WARM_RUNS = 3
const TARGET_WARM_MS = 3000

/** `--quick` leaves the demonstration city out. */
export async function run(args: readonly string[]): Promise<void> {
  const rows = [await startTimes('platform', 'server/main.ts')]
  if (!args.includes('--quick')) rows.push(await startTimes('demonstration city', 'demo/start.ts'))
  console.table(rows)
  console.log(JSON.stringify({ bench: 'startup', rows, load: os.loadavg()[0], ok: (rows[0]?.warmMs ?? Number.POSITIVE_INFINITY) <= TARGET_WARM_MS }))
}

async function startTimes(what: string, script: string): Promise<{ what: string; coldMs: number; warmMs: number }> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'zh-bench-start-'))
  chmodSync(home, 0o711)
  try {
    const coldMs = await startOnce(home, script)
    const warm: number[] = []
    for (let run = 0; run < WARM_RUNS; run++) warm.push(await startOnce(home, script))
    warm.sort((a, b) => a - b)
    return { what, coldMs, warmMs: warm[WARM_RUNS >> 1] ?? 0 }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The platform is ready when it says it can serve; the city when it has told its accounts. */
async function startOnce(home: string, script: string): Promise<number> {
  const port = await freePort()
  const began = performance.now()
  const env = { ...process.env, ZHENGHE_DATA: home, ZHENGHE_PORT: String(port), ZHENGHE_LOG: 'error' }
  const child = spawn(process.execPath, [path.join(root, 'run.mjs'), path.join(root, script)], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (told += chunk))
  const ready = script.startsWith('demo/') ? async () => told.includes('ready in') : () => serves(port)
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`)
    await pause(20)
  }
  const took = performance.now() - began
  child.kill('SIGTERM')
  await ended
  return Math.round(took)
}

const serves = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`)
    .then(({ ok }) => ok)
    .catch(() => false)
