import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { afterAll, describe } from 'vitest'
import type { z } from 'zod'
import type { SourceConnector, SourceOptions } from '../connector.ts'
import { conformance } from '../testing/conformance.ts'
import { FIELDS } from '../testing/every-type.ts'
import { boundTo, framesOf, type Named } from '../testing/rows.ts'
import { type Api, ApiFile } from './api.ts'
import { type Push, PushFile } from './push-file.ts'
import { HttpSource } from './source.ts'
import { HttpTarget } from './target.ts'
import { testReceiver } from './testing/receiver.ts'

const receiver = await testReceiver()
const root = mkdtempSync(path.join(tmpdir(), 'pushed-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const columns = FIELDS.map(({ name, type, key }) => ({ name, type, key }))
const apiOf = (table: string): Api => ({ ...ApiFile.parse({ table, rows: 'data', columns, paging: { by: 'offset', parameter: 'skip' } }), headers: {} })
const sourceOf = (table: string) => new HttpSource(`${receiver.url}/${table}`, apiOf(table))
/** The API as it is read: every table of it by a source of its own. */
const source: SourceConnector = {
  look: async () => ({ product: 'HTTP API', database: '' }),
  tables: async () => (await Promise.all(receiver.tables.map((table) => sourceOf(table).tables()))).flat(),
  prepare: (grant, mode, options) => sourceOf(grant.source.table).prepare(grant, mode, options),
}
const options: SourceOptions = { statementTimeoutMs: 1000, overlapSeconds: 0 }

/** Read back by the connector that reads APIs. */
async function rows({ table }: Named) {
  const grant = { fields: FIELDS, source: await boundTo(sourceOf(table), { schema: 'api', table }) } as unknown as Grant // reading asks nothing else of a grant
  const snapshot = await (await sourceOf(table).prepare(grant, 'snapshot', options)).snapshot()
  const reader = await snapshot.reader()
  return framesOf(reader.rows({ by: 'range', range: { from: null, to: null } }))
}

const pushOf = (name: string, push: z.input<typeof PushFile>): Push => ({ ...PushFile.parse(push), headers: {}, folder: path.join(root, name) })
const atOnce = pushOf('keys', {
  put: { path: '/{table}/put', rows: 'data.rows', constants: { app: 'zhenghe', 'data.kind': 1 }, batch: 400 },
  delete: { path: '/{table}/gone', method: 'DELETE' },
  success: { path: 'code', equals: [0] },
  rejected: { path: 'errors' },
  ...{ idempotent: true, upsert: true },
})
const loads = pushOf('loads', {
  ...{ begin: { path: '/{table}/begin/{delivery}' }, commit: { path: '/{table}/commit/{delivery}' }, abort: { path: '/{table}/abort/{delivery}' } },
  put: { path: '/{table}/put/{delivery}', method: 'PUT', batch: 333 },
  idempotent: true,
})

describe('an API that keeps rows by key', () =>
  conformance('HTTP', { schema: 'api', rows, source: () => source, target: () => new HttpTarget(receiver.url, atOnce), without: ['mending'] }))
describe('an API that takes whole loads', () =>
  conformance('HTTP', { schema: 'api', rows, source: () => source, target: () => new HttpTarget(receiver.url, loads), without: ['mending', 'increments'] }))
