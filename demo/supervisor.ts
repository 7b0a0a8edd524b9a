/** Keeps a process of the demonstration running: starts it again should it end by itself, and ends it with us. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export type Supervised = { pid: () => number | undefined; restarts: () => number; stop: () => Promise<void> }
const FIRST_WAIT = 200
const LONGEST_WAIT = 5000
const PATIENCE = 20_000
const runner = path.resolve(import.meta.dirname, '..', 'run.mjs')

/** The child gets an IPC channel: where we are killed, its end tells the child to stop by itself. */
export function supervise(script: string, words: readonly string[], onLine: (line: string) => void): Supervised {
  let child: ChildProcess | undefined
  let ending = false
  let restarts = -1
  let wait = FIRST_WAIT
  const ended = (async () => {
    while (!ending) {
      restarts += 1
      const began = performance.now()
      child = spawn(process.execPath, [runner, script, ...words], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
      forward(child, onLine)
      await new Promise<void>((resolve) => child?.once('exit', () => resolve()).once('error', () => resolve()))
      if (performance.now() - began > PATIENCE) wait = FIRST_WAIT
      if (!ending) await pause(wait)
      wait = Math.min(wait * 2, LONGEST_WAIT)
    }
  })()
  return {
    pid: () => child?.pid,
    restarts: () => restarts,
    stop: async () => {
      ending = true
      child?.kill('SIGTERM')
      const killer = setTimeout(() => child?.kill('SIGKILL'), PATIENCE)
      await ended
      clearTimeout(killer)
    },
  }
}

function forward(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim()) onLine(line)
    })
  }
}
