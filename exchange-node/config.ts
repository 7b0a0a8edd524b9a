/** The node's configuration file, checked and explained in words an operator understands. */
import fs from 'node:fs'
import path from 'node:path'
import { SigningKeyText } from '@zhenghe/wire/documents.ts'
import { readSigningKey } from '@zhenghe/wire/signed.ts'
import { isSm2Public } from '@zhenghe/wire/sm2.ts'
import { z } from 'zod'
import { type Api, ApiFile, type ApiSecret } from './connectors/http/api.ts'
import { addressProblem, wantsApi } from './connectors/open.ts'
import { isZone, spanOf } from './hours.ts'
import { NatsFile, type NatsSettings, natsSettings, SecretFrom } from './nats/settings.ts'

const EITHER = 'give either url or urlFrom'
const StoreFile = z
  .strictObject({
    id: z.string().min(1).max(64),
    role: z.enum(['source', 'target']),
    url: z.string().min(1).optional(),
    urlFrom: SecretFrom.optional(),
    /** of an HTTP API: the file that describes it */
    api: z.string().min(1).optional(),
    schemas: z.array(z.string().min(1)).min(1).optional(),
    statementTimeoutSeconds: z.int().min(1).max(86_400).default(3600),
    overlapSeconds: z.int().min(0).max(86_400).default(300),
    rowsPerSecond: z.int().min(1).optional(),
    pagesPerRange: z.int().min(1).optional(),
    quotaMiB: z.int().min(1).optional(),
    memoryMiB: z.int().min(16).max(65_536).default(256),
    walBudgetMiB: z.int().min(16).default(4096),
    overBudget: z.enum(['drop', 'keep']).default('drop'),
    /** of a source: when it may be read, `22:00-06:00` */
    hours: z
      .array(z.string().refine((text) => spanOf(text) !== undefined, { message: 'is no span of hours shorter than a day: 22:00-06:00' }))
      .min(1)
      .max(24)
      .optional(),
    zone: z.string().refine(isZone, { message: 'is no time zone: Asia/Shanghai' }).optional(),
    captureWithinHours: z.boolean().optional(),
  })
  .refine(({ role, hours }) => role === 'source' || hours === undefined, { path: ['hours'], message: 'are those of a source, and this is a target' })
  .refine(({ hours, zone }) => hours !== undefined || zone === undefined, { path: ['zone'], message: 'means nothing without hours' })
  .refine(({ hours, captureWithinHours }) => hours !== undefined || captureWithinHours === undefined, {
    path: ['captureWithinHours'],
    message: 'means nothing without hours',
  })
  .refine(({ url, urlFrom }) => (url === undefined) !== (urlFrom === undefined), { path: ['url'], message: EITHER })

const ApproverKey = SigningKeyText.refine((text) => readSigningKey(text).suite !== 'gm' || isSm2Public(readSigningKey(text).raw), {
  message: 'is no SM2 public key: its point is not on the curve',
})

const ConfigFile = z.strictObject({
  platform: z.url({ protocol: /^https?$/, error: 'is the address of the platform, https://…' }).refine((text) => /^https?:\/\/[^/?#]+\/?$/.test(text), {
    message: 'is an address without a path: https://data.example.gov.cn',
  }),
  home: z.string().min(1).default('.'),
  token: z.string().min(1).optional(),
  listen: z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0'),
      port: z.int().min(0).max(65_535),
      advertise: z
        .string()
        .regex(/^.+:\d+$/, 'is host:port')
        .optional(),
    })
    .optional(),
  stores: z.array(StoreFile).min(1, 'names no database'),
  /** Whose grants this node sends by: its own department's approvers. */
  approvers: z.array(ApproverKey),
  /** Whose grants it receives by, besides: the approvers of the departments that share with it. None of them can make it send. */
  partners: z.array(ApproverKey).default([]),
  rowsPerSecond: z.int().min(1).optional(),
  nats: NatsFile.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/** A database by the name under which platform and grants know it. `url` holds its password: never log it. */
export type Store = Omit<z.output<typeof StoreFile>, 'urlFrom' | 'url' | 'api'> & { url: string; api?: Api }
export type NodeConfig = Omit<z.output<typeof ConfigFile>, 'stores' | 'nats'> & { stores: Store[]; nats?: NatsSettings }
export type NodeConfigInput = z.input<typeof ConfigFile>

/** Headers whose values are nobody else's business. */
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i

type Environment = Readonly<Record<string, string | undefined>>

/** The configuration cannot be used; the message says which settings are wrong and what to do, and nothing secret. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Reads a configuration file. Refuses one that holds secrets and can be read by others. Paths in it count from its folder. */
export function readConfig(file: string, env: Environment = process.env): NodeConfig {
  const text = readText(file, 'the configuration file')
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw new ConfigError(`${file} is not JSON. Check commas, quotes and brackets.`)
  }
  const { token, stores } = given as { token?: unknown; stores?: { url?: unknown }[] }
  if (token !== undefined || (Array.isArray(stores) && stores.some((store) => store?.url !== undefined))) demandPrivate(file)
  return checkConfig(given, path.dirname(path.resolve(file)), env)
}

/** The same for settings at hand. ZHENGHE_NODE_TOKEN stands in for `token`. Throws a `ConfigError`. */
export function checkConfig(given: unknown, folder: string, env: Environment = process.env): NodeConfig {
  const parsed = ConfigFile.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(`The configuration cannot be used:\n${parsed.error.issues.map((issue) => `- ${sentence(issue, given)}`).join('\n')}`)
  const { stores, home, nats, ...rest } = parsed.data
  const names = stores.map(({ id }) => id)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new ConfigError(`The store «${twice}» is there twice. Give each a name of its own.`)
  const { listen } = rest
  if (listen && !listen.advertise && ['0.0.0.0', '::'].includes(listen.host))
    throw new ConfigError('listen.advertise is missing: say under which host:port other nodes reach this one.')
  const token = env['ZHENGHE_NODE_TOKEN'] ?? rest.token
  return {
    ...rest,
    ...(token === undefined ? {} : { token }),
    platform: rest.platform.replace(/\/$/, ''),
    home: path.resolve(folder, home),
    ...(nats
      ? {
          nats: natsSettings(
            nats,
            (from, what) => readSecret(from, what, folder, env),
            (file) => path.resolve(folder, file),
          ),
        }
      : {}),
    stores: stores.map(({ url: given, urlFrom, api, ...store }) => {
      const url = usable(store, given ?? readSecret(urlFrom ?? { env: '' }, `the url of the store «${store.id}»`, folder, env))
      return { ...store, url, ...apiOf(store.id, url, api, folder, env) }
    }),
  }
}

/** `stores.0.url`, in words of one line: what is wrong with it. */
function sentence({ path: at, message, ...issue }: z.core.$ZodIssue, given: unknown): string {
  const name = at.map(String).join('.') || 'the file'
  if (issue.code === 'unrecognized_keys') return `${[...at.map(String), issue.keys[0]].join('.')} is not a setting of this node.`
  if (valueAt(given, at) === undefined && message !== EITHER) return `${name} is missing.`
  return `${name}: ${message}.`
}

function valueAt(given: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], given)
}

/** @param what names it in a complaint: «the url of the store …» */
function readSecret(from: SecretFrom, what: string, folder: string, env: Environment): string {
  if ('file' in from) {
    const file = path.resolve(folder, from.file)
    const text = readText(file, what).trim()
    demandPrivate(file)
    return text
  }
  const value = env[from.env]
  if (!value) throw new ConfigError(`${what.replace(/^t/, 'T')} comes from the environment variable ${from.env}, which is not set.`)
  return value
}

/** The connector's own reader decides; a driver's complaint may repeat the password and is not passed on. */
function usable({ id, role }: Pick<Store, 'id' | 'role'>, url: string): string {
  const problem = addressProblem({ url, role })
  if (problem === undefined) return url
  throw new ConfigError(`The url of the store «${id}» cannot be used: ${problem}.`)
}

function apiOf(id: string, url: string, name: string | undefined, folder: string, env: Environment): { api?: Api } {
  if (!wantsApi(url)) {
    if (name === undefined) return {}
    throw new ConfigError(`The store «${id}» is no HTTP API, so «api» means nothing to it: take it out.`)
  }
  if (name === undefined) throw new ConfigError(`The store «${id}» is an HTTP API: name the file that describes it as «api».`)
  const file = path.resolve(folder, name)
  let written: unknown
  try {
    written = JSON.parse(readText(file, `the API of the store «${id}»`))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`${file} is not JSON. Check commas, quotes and brackets.`)
  }
  const parsed = ApiFile.safeParse(written)
  if (!parsed.success) throw new ConfigError(`${file} cannot be used:\n${parsed.error.issues.map((issue) => `- ${sentence(issue, written)}`).join('\n')}`)
  const { headers, ...rest } = parsed.data
  if (Object.entries(headers).some(([header, value]) => typeof value === 'string' && SECRET_HEADER.test(header))) demandPrivate(file)
  const values = Object.entries(headers).map(([header, value]) => [header, secretOf(id, value, path.dirname(file), env)])
  return { api: { ...rest, headers: Object.fromEntries(values) as Record<string, string> } }
}

function secretOf(id: string, secret: ApiSecret, folder: string, env: Environment): string {
  return typeof secret === 'string' ? secret : secret.prefix + readSecret(secret, `the value of a header of the store «${id}»`, folder, env)
}

function demandPrivate(file: string): void {
  if (process.platform !== 'win32' && fs.statSync(file).mode & 0o077)
    throw new ConfigError(`${file} holds secrets and can be read by others. Run: chmod 600 ${file}`)
}

function readText(file: string, what: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${what} cannot be read: ${(error as Error).message}`)
  }
}
