/** The thread beside a session in which large frames are sealed or opened, one after another, where doing it in the session's own would hold the rows up. */
import { parentPort, workerData } from 'node:worker_threads'
import type { BulkSecrets } from './frame.ts'
import { Sm4Hmac } from './suites/sm4-hmac.ts'

/** A frame to seal (without `tag`) or to open. Its bytes are handed over, not copied. */
export interface BulkTask {
  readonly counter: number
  readonly header: Uint8Array
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly tag?: Uint8Array
}
/** Sealed bytes with their tag, or opened ones; without bytes where the frame is not what was sealed. */
export interface BulkResult {
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly tag?: Uint8Array
}

const secrets = workerData as BulkSecrets
const cipher = new Sm4Hmac(secrets)

parentPort!.on('message', (task: BulkTask | 'end') => {
  if (task !== 'end') return answer(work(task))
  secrets.cipher.fill(0)
  secrets.mac.fill(0)
  parentPort!.close()
})

function work({ counter, header, bytes, tag }: BulkTask): BulkResult {
  if (!tag) return { tag: cipher.sealInPlace(counter, header, bytes), bytes }
  return cipher.openInPlace(counter, header, bytes, tag) ? { bytes } : {}
}

function answer(result: BulkResult): void {
  parentPort!.postMessage(result, result.bytes ? [result.bytes.buffer] : [])
}
