/** One call from its head to its answer: who calls, by which grant, within which limits; then the question, the answer, the line in the ledger. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { Id } from '../../../kernel/contract.ts'
import type { Language } from '../../../kernel/texts.ts'
import { dayOf } from '../../../kernel/time.ts'
import { signingText } from '../call.rules.ts'
import { Bucket } from './bucket.ts'
import { type LiveGrant, type LiveKey, type LiveOperation, type LiveVersion, operationAt } from './directory.ts'
import type { GatewayParts } from './gateway.ts'
import { CallRefusal, problemBody } from './problem.ts'
import { ask } from './question.ts'

/** A call as either front reads it: header names in lower case; the body whole. */
export type Call = { method: string; target: string; headers: Readonly<Record<string, string | undefined>>; body: Buffer; language: Language }
export type Reply = {
  status: number
  type: string
  body: Buffer
  call: string
  mark?: 'mock' | 'cached' | undefined
  deprecated?: boolean
  retryAfter?: number | undefined
}

const NONCE = /^[A-Za-z0-9_-]{16,64}$/
const TIME = /^\d{1,15}$/
const ADDRESS = /^\/gateway\/([a-z0-9-]{2,40})\/v([1-9]\d{0,5})(\/[^?#]*)(?:\?([^#]*))?$/
const EMPTY_DIGEST = hash('sha256', '', 'hex')
const DAY_CHECK_MS = 1000

type Found = { key: LiveKey; version: LiveVersion; live: LiveOperation; parameters: Record<string, string>; query: string }
/** What is known of a call so far, for its line. */
type Track = {
  id: string
  began: number
  now: number
  key: string
  version?: LiveVersion
  operation: string
  grant?: LiveGrant | undefined
  bodyDigest: string
}

export class CallServer {
  readonly #parts: GatewayParts
  readonly #buckets = new WeakMap<LiveGrant, Bucket>()
  readonly #prefix: string
  #count = 0
  #day = ''
  #dayAt = -DAY_CHECK_MS

  /** @param process names the calls of this process */
  constructor(parts: GatewayParts, process: Id) {
    this.#parts = parts
    this.#prefix = process.replaceAll('-', '').slice(-12)
  }

  /** Never rejects: what is refused or fails is a reply too, and has its line. */
  async serve(call: Call): Promise<Reply> {
    const now = this.#parts.now().getTime()
    const track: Track = { id: `${this.#prefix}-${(++this.#count).toString(36)}`, began: performance.now(), now, key: '', operation: '', bodyDigest: '' }
    let reply: Reply
    let code = ''
    try {
      reply = await this.#answer(call, track)
    } catch (error) {
      const refusal = error instanceof CallRefusal ? error : this.#fault(error, track.id)
      code = refusal.code
      const { status, retryAfter } = refusal
      reply = { status, type: 'application/problem+json', body: problemBody(refusal, track.id, call.language), call: track.id, retryAfter }
    }
    this.#record(call, track, reply, code)
    return reply
  }

  async #answer(call: Call, track: Track): Promise<Reply> {
    if (!this.#parts.ledger.open) throw new CallRefusal('gateway.call.busy', {}, { retryAfter: 5 })
    const found = this.#find(call, track)
    const { version, live } = found
    if (call.headers['zhenghe-mock'] === '1') return mockOf(live, track.id)
    const grant = this.#granted(found, track)
    const wait = this.#bucketOf(grant).take(track.began)
    if (wait > 0) throw new CallRefusal('gateway.call.rate', { rate: grant.terms.ratePerSecond }, { retryAfter: Math.ceil(wait / 1000) })
    const taken = this.#parts.quotas.take(grant.id, grant.terms.quotaPerDay, this.#today(track.now), track.now)
    if (!(typeof taken === 'boolean' ? taken : await taken)) {
      throw new CallRefusal('gateway.call.quota', { quota: grant.terms.quotaPerDay }, { retryAfter: secondsToMidnight(track.now) })
    }
    if (live.cacheSeconds > 0) {
      const kept = this.#parts.cache.get(cacheKey(grant, call, track), track.now)
      if (kept) return { status: 200, type: kept.type, body: kept.body, call: track.id, mark: 'cached', deprecated: version.deprecated }
    }
    const answer = await ask(this.#parts, { ...found, grant, call })
    if (grant.ending.over) throw new CallRefusal('gateway.call.revoked')
    if (live.cacheSeconds > 0 && answer.status === 200) {
      this.#parts.cache.put(cacheKey(grant, call, track), { ...answer, digest: '', until: track.now + live.cacheSeconds * 1000 })
    }
    return { ...answer, call: track.id, deprecated: version.deprecated }
  }

  /** The signature is checked before anything is said of what exists. */
  #find(call: Call, track: Track): Found {
    const { headers, method, target, body } = call
    const id = headers['zhenghe-key'] ?? missing('zhenghe-key')
    const time = headers['zhenghe-time'] ?? missing('zhenghe-time')
    const nonce = headers['zhenghe-nonce'] ?? missing('zhenghe-nonce')
    const signature = headers['zhenghe-signature'] ?? missing('zhenghe-signature')
    if (!TIME.test(time)) missing('zhenghe-time')
    if (!NONCE.test(nonce)) missing('zhenghe-nonce')
    const algorithm = headers['zhenghe-algorithm']
    if (algorithm !== undefined && algorithm !== 'HMAC-SHA256') throw new CallRefusal('gateway.call.algorithm', { algorithm: algorithm.slice(0, 40) })
    const key = this.#parts.directory.key(id)
    if (!key) throw new CallRefusal('gateway.call.unknown_key')
    track.key = id
    const bodyDigest = body.length === 0 ? EMPTY_DIGEST : hash('sha256', body, 'hex')
    track.bodyDigest = bodyDigest
    const at = Number(time)
    this.#fresh(this.#parts.replays.fits(at, track.now), track.now)
    const mac = key.mac.of(signingText({ method, target, key: id, time, nonce, bodyDigest }))
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) throw new CallRefusal('gateway.call.bad_signature')
    this.#fresh(this.#parts.replays.remember(at, mac, track.now), track.now)
    return { key, ...this.#addressed(call, track) }
  }

  #fresh(freshness: 'new' | 'replayed' | 'skewed' | 'before_start', now: number): void {
    if (freshness === 'new') return
    if (freshness === 'replayed') throw new CallRefusal('gateway.call.replayed')
    if (freshness === 'before_start') throw new CallRefusal('gateway.call.stale')
    throw new CallRefusal('gateway.call.clock', { now: new Date(now).toISOString() })
  }

  #addressed({ method, target }: Call, track: Track): Omit<Found, 'key'> {
    const parts = ADDRESS.exec(target)
    const version = parts ? this.#parts.directory.version(parts[1]!, parts[2]!) : undefined
    if (!parts || !version) throw new CallRefusal('gateway.call.unknown_api')
    track.version = version
    const at = operationAt(version, method, parts[3]!)
    if (at === 'wrong_method') throw new CallRefusal('gateway.call.wrong_method', { method })
    if (!at) throw new CallRefusal('gateway.call.unknown_operation')
    track.operation = at.live.name
    return { version, live: at.live, parameters: at.parameters, query: parts[4] ?? '' }
  }

  #granted({ version, live, key }: Found, track: Track): LiveGrant {
    const grant = this.#parts.directory.grant(version, key.unit)
    if (!grant || track.now < grant.notBefore || track.now >= grant.notAfter) throw new CallRefusal('gateway.call.no_grant')
    track.grant = grant
    if (!grant.operations.has(live.name)) throw new CallRefusal('gateway.call.operation_not_granted', { operation: live.name })
    return grant
  }

  #bucketOf(grant: LiveGrant): Bucket {
    let bucket = this.#buckets.get(grant)
    if (!bucket) {
      bucket = new Bucket(grant.terms.ratePerSecond, performance.now())
      this.#buckets.set(grant, bucket)
    }
    return bucket
  }

  #today(now: number): string {
    if (Math.abs(now - this.#dayAt) >= DAY_CHECK_MS) {
      this.#day = dayOf(new Date(now))
      this.#dayAt = now
    }
    return this.#day
  }

  #fault(error: unknown, call: string): CallRefusal {
    this.#parts.log.error({ err: error, call, part: 'gateway' }, 'a call failed')
    return new CallRefusal('gateway.call.fault')
  }

  /** One line for every call that named a known key: of others nobody could be told apart, and anybody could fill the ledger. */
  #record({ method, target, body }: Call, track: Track, reply: Reply, code: string): void {
    if (!track.key) return
    const { id, now, key, version, operation, grant, bodyDigest } = track
    const ms = performance.now() - track.began
    const asked = hash('sha256', `${method}\n${target}\n${bodyDigest}`, 'hex')
    const answered = hash('sha256', reply.body, 'hex')
    const how = reply.mark ?? 'live'
    const line = `{"id":"${id}","at":${now},"key":"${key}","access":"${grant?.id ?? ''}","api":"${version?.code ?? ''}","n":${version?.n ?? 0},"operation":"${operation}","status":${reply.status},"code":"${code}","ms":${ms.toFixed(2)},"in":${body.length},"out":${reply.body.length},"asked":"${asked}","answered":"${answered}","how":"${how}"}`
    const counted = version &&
      grant && {
        api: version.api,
        n: version.n,
        operation,
        access: grant.id,
        consumer: grant.consumer,
        status: reply.status,
        ms,
        in: body.length,
        out: reply.body.length,
        cached: how === 'cached',
      }
    this.#parts.ledger.add(line, counted)
  }
}

function missing(header: string): never {
  throw new CallRefusal('gateway.call.no_signature', { header })
}

function mockOf({ operation }: LiveOperation, call: string): Reply {
  if (operation.example === undefined) throw new CallRefusal('gateway.call.no_example')
  return { status: 200, type: 'application/json', body: Buffer.from(JSON.stringify(operation.example)), call, mark: 'mock' }
}

const cacheKey = (grant: LiveGrant, { method, target }: Call, { bodyDigest }: Track): string => `${grant.id} ${method} ${target} ${bodyDigest}`

/** In the city's time. */
function secondsToMidnight(now: number): number {
  return 86_400 - (Math.floor(now / 1000 + 8 * 3600) % 86_400)
}
