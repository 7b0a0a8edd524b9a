/** The node's configuration file, checked and explained in words an operator understands. */
import path from 'node:path'
import { SigningKeyText } from '@zhenghe/wire/documents.ts'
import { readSigningKey } from '@zhenghe/wire/signed.ts'
import { isSm2Public } from '@zhenghe/wire/sm2.ts'
import { z } from 'zod'
import { addressProblem } from './connectors/open.ts'
import { type Described, describedStore } from './described.ts'
import { isZone, spanOf } from './hours.ts'
import { NatsFile, type NatsSettings, natsSettings, SecretFrom } from './nats/settings.ts'
import { ConfigError, demandPrivate, EITHER, type Environment, jsonOf, readSecret, readText, sentence } from './settings-file.ts'

const StoreFile = z
  .strictObject({
    id: z.string().min(1).max(64),
    role: z.enum(['source', 'target']),
    url: z.string().min(1).optional(),
    urlFrom: SecretFrom.optional(),
    /** of an HTTP API: the file that describes it */
    api: z.string().min(1).optional(),
    /** of a Kafka cluster: the file that describes its topics, where their messages do not speak for themselves */
    topics: z.string().min(1).optional(),
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
export type Store = Omit<z.output<typeof StoreFile>, 'urlFrom' | 'url' | 'api' | 'topics'> & { url: string } & Described
export type NodeConfig = Omit<z.output<typeof ConfigFile>, 'stores' | 'nats'> & { stores: Store[]; nats?: NatsSettings }
export type NodeConfigInput = z.input<typeof ConfigFile>

/** Reads a configuration file. Refuses one that holds secrets and can be read by others. Paths in it count from its folder. */
export function readConfig(file: string, env: Environment = process.env): NodeConfig {
  const text = readText(file, 'the configuration file')
  const given = jsonOf(text, file)
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
    stores: stores.map(({ url: given, urlFrom, api, topics, ...store }) => {
      const url = usable(store, given ?? readSecret(urlFrom ?? { env: '' }, `the url of the store «${store.id}»`, folder, env))
      return { ...store, url, ...describedStore({ ...store, url, api, topics }, { folder, home: path.resolve(folder, home), env }) }
    }),
  }
}

/** The connector's own reader decides; a driver's complaint may repeat the password and is not passed on. */
function usable({ id }: Pick<Store, 'id'>, url: string): string {
  const problem = addressProblem({ url })
  if (problem === undefined) return url
  throw new ConfigError(`The url of the store «${id}» cannot be used: ${problem}.`)
}
