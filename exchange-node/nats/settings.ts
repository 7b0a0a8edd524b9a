/** What a node's configuration says about NATS. */
import { z } from 'zod'

export const SecretFrom = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
export type SecretFrom = z.infer<typeof SecretFrom>

/** Tokens of a NATS subject: `370000.370100.370102.tax`. */
export const Subject = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'is made of letters, digits, - and _, its levels joined by dots: 370000.370100.tax')
export const Domain = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9_-]+$/, 'is the domain of JetStream as the server names it: letters, digits, - and _')

const NO_SECRETS = /^((nats|tls):\/\/)?[^\s/@?#]+$/
const ONE_LOGIN = 'give one of credentialsFrom, nkeyFrom, or user with passwordFrom'

export const NatsFile = z
  .strictObject({
    servers: z
      .array(z.string().regex(NO_SECRETS, 'is nats://host:port or tls://host:port; a login stands in user and passwordFrom, nkeyFrom or credentialsFrom'))
      .min(1, 'names no server'),
    user: z.string().min(1).optional(),
    passwordFrom: SecretFrom.optional(),
    nkeyFrom: SecretFrom.optional(),
    credentialsFrom: SecretFrom.optional(),
    tls: z.strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() }).optional(),
    subject: Subject.optional(),
    domain: Domain.optional(),
    only: z.boolean().default(false),
  })
  .refine((given) => [given.user, given.nkeyFrom, given.credentialsFrom].filter((one) => one !== undefined).length <= 1, { message: ONE_LOGIN })
  .refine(({ user, passwordFrom }) => (user === undefined) === (passwordFrom === undefined), { path: ['passwordFrom'], message: ONE_LOGIN })

/** Secrets are here: never log it. `subject` is the node's own part of the subject space; `only`: no other route is taken. */
export type NatsSettings = {
  servers: readonly string[]
  login: { kind: 'none' } | { kind: 'user'; user: string; password: string } | { kind: 'nkey' | 'credentials'; secret: string }
  /** paths of PEM files */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined
  subject?: string | undefined
  domain?: string | undefined
  only: boolean
}

/** @param secret reads what stands outside the configuration; @param at the absolute path of a file that it names */
export function natsSettings(
  { user, passwordFrom, nkeyFrom, credentialsFrom, tls, ...rest }: z.output<typeof NatsFile>,
  secret: (from: SecretFrom, what: string) => string,
  at: (file: string) => string,
): NatsSettings {
  const login = (): NatsSettings['login'] => {
    if (user !== undefined && passwordFrom) return { kind: 'user', user, password: secret(passwordFrom, 'the password of nats') }
    if (nkeyFrom) return { kind: 'nkey', secret: secret(nkeyFrom, 'the nkey of nats') }
    if (credentialsFrom) return { kind: 'credentials', secret: secret(credentialsFrom, 'the credentials of nats') }
    return { kind: 'none' }
  }
  const files = tls && Object.fromEntries(Object.entries(tls).map(([name, file]) => [name, file === undefined ? undefined : at(file)]))
  return { ...rest, login: login(), ...(files ? { tls: files } : {}) }
}
