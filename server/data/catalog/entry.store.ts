/** The SQL on entries, their versions, steps and bindings. */
import type { Insertable, Updateable } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Content } from './contract.ts'
import type { Act, BindingRow, Db, EntryRow, Tables, VersionRow } from './tables.ts'

export function entry(db: Db, id: Id): Promise<EntryRow | undefined> {
  return db.selectFrom('catalog.entry').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the entry until the transaction ends: all that happens to one happens in turn. */
export function lock(db: Db, id: Id): Promise<EntryRow | undefined> {
  return db.selectFrom('catalog.entry').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function insert(db: Db, row: Insertable<Tables['catalog.entry']>): Promise<void> {
  await db.insertInto('catalog.entry').values(row).execute()
}

export async function update(db: Db, id: Id, change: Updateable<Tables['catalog.entry']>): Promise<void> {
  await db.updateTable('catalog.entry').set(change).where('id', '=', id).execute()
}

export function version(db: Db, entry: Id, version: number): Promise<VersionRow | undefined> {
  return db.selectFrom('catalog.version').selectAll().where('entry', '=', entry).where('version', '=', version).executeTakeFirst()
}

export function versions(db: Db, entry: Id): Promise<Pick<VersionRow, 'version' | 'publishedAt'>[]> {
  return db.selectFrom('catalog.version').select(['version', 'publishedAt']).where('entry', '=', entry).orderBy('version').execute()
}

type Draft = { entry: Id; version: number; content: Content; authors: Id[]; changedAt: Moment }
export async function insertDraft(db: Db, { content, ...draft }: Draft): Promise<void> {
  const nothingYet = { submittedAt: null, approvedAt: null, returnedAt: null, returnReason: null, publishedAt: null }
  await db
    .insertInto('catalog.version')
    .values({ ...draft, ...nothingYet, content: JSON.stringify(content) })
    .execute()
}

export async function saveDraft(db: Db, { entry, version, content, authors, changedAt }: Draft): Promise<void> {
  await updateVersion(db, entry, version, { content: JSON.stringify(content), authors, changedAt })
}

type VersionChange = Updateable<Tables['catalog.version']>
export async function updateVersion(db: Db, entry: Id, version: number, change: VersionChange): Promise<void> {
  await db.updateTable('catalog.version').set(change).where('entry', '=', entry).where('version', '=', version).execute()
}

type StepRow = Insertable<Tables['catalog.step']>
export async function addStep(db: Db, step: StepRow): Promise<void> {
  await db.insertInto('catalog.step').values(step).execute()
}

/** The history of an entry, oldest first; of its published versions alone where the others may not be seen. */
export function steps(db: Db, entry: Id, seesDrafts: boolean): Promise<{ at: Moment; version: number; act: Act; byName: string; note: string }[]> {
  const all = db.selectFrom('catalog.step').select(['at', 'version', 'act', 'byName', 'note']).where('entry', '=', entry).orderBy('id')
  return (seesDrafts ? all : all.where('act', 'in', ['published', 'withdrawn', 'bound'])).execute()
}

export function binding(db: Db, entry: Id): Promise<BindingRow | undefined> {
  return db.selectFrom('catalog.binding').selectAll().where('entry', '=', entry).executeTakeFirst()
}

export async function bind(db: Db, { columns, types, ...row }: BindingRow): Promise<void> {
  const values = { ...row, columns: JSON.stringify(columns), types: JSON.stringify(types) }
  await db
    .insertInto('catalog.binding')
    .values(values)
    .onConflict((before) => before.column('entry').doUpdateSet(values))
    .execute()
}
