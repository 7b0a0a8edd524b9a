/** The talk of one delivery: what may come next, in words of the protocol; a refusal by the other side becomes our error. */
import type { Message } from '@zhenghe/wire/messages.ts'
import type { Incoming, Session } from '@zhenghe/wire/session.ts'
import { Refusal, refusal } from './refusal.ts'

/** How long a side that no longer listens may keep us from ending. */
const GOODBYE_MS = 5000

type Kind = Message['kind']
export type Of<K extends Kind> = Extract<Message, { kind: K }>
export type RowsArrived = Extract<Incoming, { kind: 'frame' }>

export class Conversation {
  readonly session: Session
  readonly #incoming: AsyncIterator<Incoming>

  constructor(session: Session) {
    this.session = session
    this.#incoming = session.incoming()[Symbol.asyncIterator]()
  }

  /** The next message, which must be of one of these kinds. Throws the other side's refusal, and `protocol` for anything out of turn. */
  async next<K extends Kind>(...kinds: K[]): Promise<Of<K>> {
    const item = await this.arrival()
    if (item.kind === 'message' && (kinds as Kind[]).includes(item.message.kind)) return item.message as Of<K>
    throw refusal(
      'protocol',
      `${kinds.join(' or ')} was due, ${item.kind === 'message' ? item.message.kind : 'a frame of rows'} came: the nodes are of different versions or one is at fault`,
    )
  }

  /** The next message or frame, whatever it is, but for refusals (thrown) and progress (skipped). */
  async arrival(): Promise<Incoming> {
    for (;;) {
      const { value, done } = await this.#incoming.next()
      if (done) throw refusal('peer_unreachable', 'the other node ended the session before the delivery was done; it is taken up again')
      if (value.kind === 'frame') return value
      const { message } = value
      if (message.kind === 'refuse') throw new Refusal(message.code, message.detail, message.resumable, true)
      if (message.kind !== 'progress') return value
    }
  }

  /** Says goodbye where all is done. What happens to the goodbye no longer matters. */
  async end(): Promise<void> {
    await this.session.close().catch(() => this.session.destroy())
  }

  /** Tells the other side why nothing comes of it, unless that is where the refusal came from, and ends the session. */
  async refuse(error: Refusal): Promise<void> {
    const enough = setTimeout(() => this.session.destroy(), GOODBYE_MS)
    try {
      if (!error.byPeer) await this.session.send({ kind: 'refuse', code: error.code, detail: error.message.slice(0, 2000), resumable: error.resumable })
      await this.session.close()
    } catch {
      this.session.destroy() // the line is gone: the other side notices by itself
    } finally {
      clearTimeout(enough)
    }
  }
}
