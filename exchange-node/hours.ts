/** The hours of the day in which a source may be read, as its department's own node is configured: outside of them deliveries rest, and one under way stops at the next border of a range. */
import type { Store } from './config.ts'
import type { StoreReport } from './control.ts'
import { Refusal } from './refusal.ts'

const MINUTE_MS = 60_000
const MINUTES_A_DAY = 1440
const SPAN = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/
/** Where nothing else is said: China has one time zone. */
export const CITY_ZONE = 'Asia/Shanghai'

/** Minutes of the day; past midnight where `to` is not after `from`. */
type Span = { from: number; to: number }

/** `22:00-06:00`. Undefined where it is no span of hours; one as long as the day is none. */
export function spanOf(text: string): Span | undefined {
  const found = SPAN.exec(text)
  if (!found) return undefined
  const minutes = (hours: string | undefined, rest: string | undefined) => Number(hours) * 60 + Number(rest)
  const [from, to] = [minutes(found[1], found[2]), found[3] === undefined ? MINUTES_A_DAY : minutes(found[3], found[4])]
  return from === to || to - from === MINUTES_A_DAY ? undefined : { from, to }
}

export function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** It is not the hour to read the source; `until` is when it will be, ISO 8601. */
export class SourceClosed extends Refusal {
  override name = 'SourceClosed'
  readonly until: string
  constructor(detail: string, until: string) {
    super('source_hours', detail, true)
    this.until = until
  }
}

export class SourceHours {
  readonly #store: string
  readonly #shown: readonly string[]
  readonly #spans: readonly Span[]
  readonly #zone: string
  readonly #clock: () => number
  readonly #format: Intl.DateTimeFormat

  /** @param clock milliseconds since 1970 */
  constructor({ id, hours = [], zone = CITY_ZONE }: Pick<Store, 'id' | 'hours' | 'zone'>, clock: () => number = Date.now) {
    this.#store = id
    this.#shown = hours
    this.#spans = hours.map(spanOf).filter((span) => span !== undefined)
    this.#zone = zone
    this.#clock = clock
    this.#format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  }

  /** What the platform may know of them. */
  report(): NonNullable<StoreReport['hours']> {
    const at = this.#opens()
    return { spans: [...this.#shown], zone: this.#zone, opensAt: at === undefined ? null : new Date(at).toISOString() }
  }

  /** Refuses `source_hours` outside of them. */
  demand(): void {
    const at = this.#opens()
    if (at !== undefined) throw this.#closed(at)
  }

  /** Aborts when they are over, with the `SourceClosed` to be told as its reason. The caller ends it. */
  closing(): { signal: AbortSignal; end: () => void } {
    const over = new AbortController()
    const close = () => over.abort(this.#closed(this.#opens() ?? this.#clock()))
    const timer = setTimeout(close, this.#closes() - this.#clock())
    timer.unref()
    return { signal: over.signal, end: () => clearTimeout(timer) }
  }

  /** Undefined while they last. */
  #opens(): number | undefined {
    const now = this.#clock()
    if (this.#open(now)) return undefined
    const at = this.#border(now, ({ from }) => from, true)
    return at
  }

  #closes(): number {
    return this.#border(this.#clock(), ({ to }) => to, false)
  }

  /** The first border of a span from a moment on, behind which the source is (`open`) or is not to be read; a clock that is put forward or back on the way counts. */
  #border(from: number, of: (span: Span) => number, open: boolean): number {
    let at = from - (from % MINUTE_MS)
    for (let tries = 0; tries < MINUTES_A_DAY && (tries === 0 || this.#open(at) !== open); tries++) {
      const minute = this.#minuteOf(at)
      const steps = this.#spans.map((span) => (of(span) - minute + MINUTES_A_DAY) % MINUTES_A_DAY || MINUTES_A_DAY)
      at += Math.min(...steps) * MINUTE_MS
    }
    return at
  }

  #open(at: number): boolean {
    const minute = this.#minuteOf(at)
    return this.#spans.some(({ from, to }) => (from < to ? from <= minute && minute < to : from <= minute || minute < to))
  }

  #minuteOf(at: number): number {
    const text = this.#format.format(at) // 2026-11-25 08:30
    return Number(text.slice(-5, -3)) * 60 + Number(text.slice(-2))
  }

  #closed(until: number): SourceClosed {
    const hours = this.#shown.join(', ')
    const detail = `source: «${this.#store}» is read between ${hours} (${this.#zone}) only, as this node is configured: it goes on by itself at ${this.#format.format(until)}`
    return new SourceClosed(detail, new Date(until).toISOString())
  }
}

/** Undefined where the source may be read at any time. */
export function hoursOf(store: Pick<Store, 'id' | 'hours' | 'zone'>, clock?: () => number): SourceHours | undefined {
  return store.hours ? new SourceHours(store, clock) : undefined
}

/** Why a run that was told to stop does: the hours of its source, or this node. */
export function reasonToStop(stop: AbortSignal, draining: string): Refusal {
  return stop.reason instanceof SourceClosed ? stop.reason : new Refusal('draining', draining, true)
}
