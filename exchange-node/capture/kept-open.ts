import type { Session } from '@zhenghe/wire/session.ts'

/** The same session for a part of the talk that would say goodbye at its end. */
export function keptOpen(session: Session): Session {
  return {
    send: (message) => session.send(message),
    sendFrame: (range, rows, payload) => session.sendFrame(range, rows, payload),
    rangeDigest: (range) => session.rangeDigest(range),
    beginRange: (range) => session.beginRange(range),
    incoming: () => session.incoming(),
    close: async () => undefined,
    destroy: (error) => session.destroy(error),
  }
}
