/**
 * Sealing and opening beside the session's own thread, for a suite whose cipher is slow (SM4 in software: some 60 MB/s a core with its
 * HMAC). One thread for a direction; frames keep their order; what waits is bounded by those who wait for it. Small frames are done at once.
 */
import { Worker } from 'node:worker_threads'
import type { BulkResult, BulkTask } from './bulk-thread.ts'
import type { ByteQueue } from './byte-queue.ts'
import { WireError } from './error.ts'
import { type BulkSecrets, type Cut, type Frame, type FrameCipher, FrameCounter, FrameCutter, type FrameHead, opened, type Sealed } from './frame.ts'

/** Below, handing over costs more than it saves. */
const SMALL_BYTES = 16 << 10
/** Frames opened ahead of the reader: one being opened, one waiting for it. */
const AHEAD = 2

type Lost = (reason: WireError) => void

/** The thread, begun with the first large frame. */
class BulkThread {
  private readonly secrets: BulkSecrets
  private readonly lost: Lost
  private readonly waiting: { resolve: (result: BulkResult) => void; reject: Lost }[] = []
  private worker: Worker | undefined
  private failure: WireError | undefined

  constructor(secrets: BulkSecrets, lost: Lost) {
    this.secrets = secrets
    this.lost = lost
  }

  /** Throws once it was stopped: the keys are wiped, and nothing may be sealed with what is left of them. */
  demand(): void {
    if (this.failure) throw this.failure
  }

  /** The bytes of the task are gone afterwards. Rejects where the thread ends before it has answered. */
  run(task: BulkTask): Promise<BulkResult> {
    this.worker ??= this.begin()
    this.worker.ref() // a process lives on for what is under way
    this.worker.postMessage(task, [task.bytes.buffer])
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  /** Whoever waits gets the reason; the keys are wiped. */
  stop(reason: WireError): void {
    if (this.failure) return
    this.failure = reason
    for (const { reject } of this.waiting.splice(0)) reject(reason)
    this.worker?.postMessage('end')
    this.worker?.unref()
    this.secrets.cipher.fill(0)
    this.secrets.mac.fill(0)
  }

  private begin(): Worker {
    const worker = new Worker(new URL('./bulk-thread.ts', import.meta.url), { name: 'zhenghe-seal', workerData: this.secrets })
    worker.on('message', (result: BulkResult) => {
      this.waiting.shift()?.resolve(result)
      if (this.waiting.length === 0) worker.unref()
    })
    worker.on('error', (error) => this.died(error.message))
    worker.on('exit', (code) => this.died(`it ended with ${code}`))
    return worker
  }

  private died(why: string): void {
    if (this.failure) return
    const reason = new WireError('thread_lost', `the thread that seals and opens frames is gone: ${why}`)
    this.stop(reason)
    this.lost(reason)
  }
}

/** As `FrameSealer`; large frames come sealed later, in the order in which they were given. */
export class BulkSealer {
  private readonly counter = new FrameCounter()
  private readonly cipher: FrameCipher
  private readonly thread: BulkThread
  constructor(cipher: FrameCipher, secrets: BulkSecrets, lost: Lost) {
    this.cipher = cipher
    this.thread = new BulkThread(secrets, lost)
  }

  /** The payload is copied at once: it may be changed afterwards. Refuses `oversized`; rejects where the thread is gone. */
  seal(head: FrameHead, payload: Buffer): Promise<Sealed> {
    this.thread.demand()
    const { header, counter } = this.counter.next(head, payload.length)
    if (payload.length < SMALL_BYTES) return Promise.resolve({ header, ...this.cipher.seal(counter, header, payload) })
    return this.thread.run({ counter, header, bytes: new Uint8Array(payload) }).then(({ bytes, tag }) => ({ header, body: viewOf(bytes!), tag: viewOf(tag!) }))
  }

  stop(reason: WireError): void {
    this.thread.stop(reason)
  }
}

/** As `FrameDecoder`; a few frames are opened ahead of the reader. */
export class BulkDecoder {
  private readonly ahead: Promise<Frame>[] = []
  private readonly cipher: FrameCipher
  private readonly cutter: FrameCutter
  private readonly thread: BulkThread
  private failed = false
  constructor(cipher: FrameCipher, secrets: BulkSecrets, bytes: ByteQueue, lost: Lost) {
    this.cipher = cipher
    this.cutter = new FrameCutter(cipher.tagBytes, bytes)
    this.thread = new BulkThread(secrets, lost)
  }

  /** The next frame, or undefined until all of it has arrived. Rejects with what `FrameDecoder` throws, and where the thread is gone. */
  next(): Promise<Frame> | undefined {
    while (this.ahead.length < AHEAD && !this.failed) {
      const frame = this.begin()
      if (!frame) break
      frame.catch(() => undefined) // told to who takes it
      this.ahead.push(frame)
    }
    return this.ahead.shift()
  }

  end(): void {
    this.cutter.end()
  }

  stop(reason: WireError): void {
    this.thread.stop(reason)
  }

  /** What is wrong with a header is told in its turn, after the frames before it. */
  private begin(): Promise<Frame> | undefined {
    try {
      this.thread.demand()
      const length = this.cutter.ready()
      if (length === undefined) return undefined
      const room = Buffer.allocUnsafeSlow(length)
      return this.open(this.cutter.take(length, room), room)
    } catch (error) {
      this.failed = true
      return Promise.reject(error)
    }
  }

  /** @param room of the body's length, handed to the thread: what arrived may be a view into something larger, or still be held by who wrote it */
  private open(cut: Cut, room: Buffer<ArrayBuffer>): Promise<Frame> {
    const { counter, header, body, tag } = cut
    if (body.length < SMALL_BYTES) return Promise.resolve(opened(cut, this.cipher.open(counter, header, body, tag)))
    if (body.buffer !== room.buffer) room.set(body)
    return this.thread.run({ counter, header, bytes: room, tag }).then(({ bytes }) => opened(cut, bytes && viewOf(bytes)))
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
