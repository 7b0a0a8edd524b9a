/** A process of the bench: starts, waits for the word «go», works, and tells its CPU. Talks to the bench by JSON lines over IPC. */
import { type ChildProcess, fork } from 'node:child_process'

export type Told = { cpuSeconds: number; peakMiB: number } & Record<string, unknown>

/** A forked script that has loaded its code and waits. */
export class Worker {
  readonly #child: ChildProcess
  readonly ready: Promise<unknown>
  #told: (message: unknown) => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  constructor(script: URL, settings: unknown) {
    this.#child = fork(script, [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'json',
    })
    this.ready = this.#next()
    this.#child.on('message', (message) => this.#told(message))
    this.#child.on('exit', (code) => this.#failed(new Error(`${script.pathname} ended with ${code}`)))
    this.#child.send({ settings })
  }

  async go(): Promise<Told> {
    const answer = this.#next()
    this.#child.send({ go: true })
    return (await answer) as Told
  }

  end(): void {
    this.#failed = () => undefined
    this.#child.disconnect() // it has nothing left to do and ends
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#told = resolve
      this.#failed = reject
    })
  }
}

/** The worker's side: `prepare` before «go», its answer does the work after it. */
export function serve<S>(prepare: (settings: S) => Promise<() => Promise<Record<string, unknown>>>): void {
  let work: (() => Promise<Record<string, unknown>>) | undefined
  process.on('message', (message: { settings?: S; go?: true }) => {
    const step = async () => {
      if (message.settings !== undefined) {
        work = await prepare(message.settings)
        process.send?.({ ready: true })
      } else if (work) {
        const before = process.cpuUsage()
        const told = await work()
        const { user, system } = process.cpuUsage(before)
        process.send?.({ ...told, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 })
      }
    }
    step().catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })
}
