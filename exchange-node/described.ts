/** What describes a store besides its address: files beside the node's configuration. */
import path from 'node:path'
import { type Api, ApiFile, type ApiSecret } from './connectors/http/api.ts'
import { type Push, PushFile } from './connectors/http/push-file.ts'
import { type Topics, TopicsFile } from './connectors/kafka/topics.ts'
import { describedBy } from './connectors/open.ts'
import { ConfigError, checkedFile, demandPrivate, type Environment, jsonOf, readSecret, readText } from './settings-file.ts'

/** An API that is read from, one that rows are put into, or topics. */
export type Described = { api?: Api; push?: Push; topics?: Topics }
type Named = { id: string; role: 'source' | 'target'; url: string; api?: string | undefined; topics?: string | undefined }
/** `folder` is that of the configuration, `home` where this node keeps what it must not lose. */
type Around = { folder: string; home: string; env: Environment }

/** Headers whose values are nobody else's business. */
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i

/** Throws a `ConfigError` also where a store is described that needs no description, or one that needs it is not. */
export function describedStore({ id, role, url, ...named }: Named, around: Around): Described {
  const wanted = describedBy(url)
  if (named.api !== undefined && wanted !== 'api') throw new ConfigError(`The store «${id}» is no HTTP API, so «api» means nothing to it: take it out.`)
  if (named.topics !== undefined && (wanted !== 'topics' || role === 'target'))
    throw new ConfigError(`The store «${id}» is no source of Kafka topics, so «topics» means nothing to it: take it out.`)
  if (wanted === 'topics' && named.topics !== undefined) return { topics: checkedFile(TopicsFile, ...written(id, named.topics, around)) }
  if (wanted !== 'api') return {}
  if (named.api === undefined) throw new ConfigError(`The store «${id}» is an HTTP API: name the file that describes it as «api».`)
  const [json, file] = written(id, named.api, around)
  if (role === 'source') {
    const { headers, ...api } = checkedFile(ApiFile, json, file)
    return { api: { ...api, headers: headersOf(id, headers, file, around.env) } }
  }
  const { headers, ...push } = checkedFile(PushFile, json, file)
  return { push: { ...push, headers: headersOf(id, headers, file, around.env), folder: path.join(around.home, 'pushed', encodeURIComponent(id)) } }
}

function written(id: string, name: string, { folder }: Around): [unknown, string] {
  const file = path.resolve(folder, name)
  return [jsonOf(readText(file, `the description of the store «${id}»`), file), file]
}

function headersOf(id: string, headers: Readonly<Record<string, ApiSecret>>, file: string, env: Environment): Record<string, string> {
  if (Object.entries(headers).some(([header, value]) => typeof value === 'string' && SECRET_HEADER.test(header))) demandPrivate(file)
  const values = Object.entries(headers).map(([header, value]) => [header, secretOf(id, value, path.dirname(file), env)])
  return Object.fromEntries(values) as Record<string, string>
}

function secretOf(id: string, secret: ApiSecret, folder: string, env: Environment): string {
  return typeof secret === 'string' ? secret : secret.prefix + readSecret(secret, `the value of a header of the store «${id}»`, folder, env)
}
