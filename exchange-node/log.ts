/** Structured logs without secrets. */
import { type DestinationStream, type Logger, pino } from 'pino'

/** `postgres://user:password@host`, in any text. */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi

export function withoutSecrets(text: string): string {
  return text.replace(CREDENTIALS, '$1:…@')
}

/** JSON lines to stdout, or to the destination given. */
export function openLog(level: string, destination: DestinationStream = pino.destination({ dest: 1, sync: true })): Logger {
  const clean: DestinationStream = { write: (line) => destination.write(withoutSecrets(line)) }
  const base = { name: 'zhenghe-node', pid: process.pid }
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: described } }, clean)
}

/** Only what is known to be harmless: drivers hang connection settings on their errors. */
function described(error: Error & { code?: string }): Record<string, unknown> {
  const { name, code, message, stack } = error
  return { name, code, message, stack }
}
