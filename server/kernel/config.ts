/** What the operator may set. Every setting has a safe default; a weak or malformed one stops the start with a sentence. */
import path from 'node:path'
import { z } from 'zod'
import { local } from './module.ts'

const Environment = z.object({
  /** Replaces the embedded database; PostgreSQL 16 or later, the role must own the database. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ZHENGHE_DATA: z.string().optional(),
  ZHENGHE_HOST: z.string().default('127.0.0.1'),
  ZHENGHE_PORT: z.coerce.number().int().min(0).max(65535).default(7300),
  /** The address people open; cookies are marked Secure where it is https, and passkeys are bound to its host. */
  ZHENGHE_ORIGIN: z.url().optional(),
  ZHENGHE_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type Config = {
  databaseUrl: string | undefined
  /** Keys, embedded database, first-run secret. */
  dataDir: string
  host: string
  port: number
  origin: string | undefined
  log: z.infer<typeof Environment>['ZHENGHE_LOG']
}

export function readConfig(environment: NodeJS.ProcessEnv = process.env, defaults: { dataDir?: string } = {}): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(set)
  if (!parsed.success)
    throw new Error(`the configuration is not usable:\n${parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.')}: ${message}`).join('\n')}`)
  const { DATABASE_URL, ZHENGHE_DATA, ZHENGHE_HOST, ZHENGHE_PORT, ZHENGHE_ORIGIN, ZHENGHE_LOG } = parsed.data
  return {
    databaseUrl: DATABASE_URL,
    dataDir: path.resolve(ZHENGHE_DATA ?? defaults.dataDir ?? '.zhenghe'),
    host: ZHENGHE_HOST,
    port: ZHENGHE_PORT,
    origin: ZHENGHE_ORIGIN,
    log: ZHENGHE_LOG,
  }
}

/** The address people open, where the operator has set it: `ctx.local(originOf)`. */
export const originOf = local<{ origin: string; host: string } | undefined>(() => undefined)
