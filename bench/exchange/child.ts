/** A process of the bench: prepares, waits for the word «go», works, and tells its CPU and its largest size so far. */
import { type ChildProcess, fork } from 'node:child_process'

export type Told = { cpuSeconds: number; peakMiB: number } & Record<string, unknown>

/** A forked script that lives through all rounds, as a node does: told what to prepare, then to go. */
export class Worker {
  readonly #child: ChildProcess
  #told: (message: unknown) => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  constructor(script: URL) {
    this.#child = fork(script, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'json' })
    this.#child.on('message', (message) => this.#told(message))
    this.#child.on('exit', (code) => this.#failed(new Error(`${script.pathname} ended with ${code}`)))
  }

  get pid(): number {
    return this.#child.pid!
  }

  prepare(settings: unknown): Promise<unknown> {
    return this.#ask({ settings })
  }

  go(): Promise<Told> {
    return this.#ask({ go: true }) as Promise<Told>
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  end(): void {
    this.#failed = () => undefined
    if (this.#child.connected) this.#child.disconnect() // it has nothing left to do and ends
  }

  #ask(message: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#told = resolve
      this.#failed = reject
      this.#child.send(message)
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
