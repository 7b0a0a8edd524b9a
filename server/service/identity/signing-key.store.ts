/** SQL on people's signing keys. */
import { type SqlBool, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { SigningKey } from './contract.ts'
import type { Db } from './tables.ts'

export async function insert(db: Db, { sealed, ...key }: SigningKey & { id: Id; person: Id }): Promise<void> {
  await db
    .insertInto('identity.signingKey')
    .values({ ...key, sealed: JSON.stringify(sealed), retiredAt: null })
    .execute()
}

export function current(db: Db, person: Id) {
  return db
    .selectFrom('identity.signingKey')
    .select(['publicKey', 'fingerprint', 'sealed', 'madeAt'])
    .where('person', '=', person)
    .where('retiredAt', 'is', null)
    .$narrowType<{ sealed: SigningKey['sealed'] }>()
    .executeTakeFirst()
}

/** Retires the person's key and forgets its private half; answers what it was, if there was one. */
export function retire(db: Db, person: Id, now: Moment) {
  return db
    .updateTable('identity.signingKey')
    .set({ retiredAt: now, sealed: null })
    .where('person', '=', person)
    .where('retiredAt', 'is', null)
    .returning(['id', 'fingerprint'])
    .executeTakeFirst()
}

/** Public halves, by person and age. */
export function publicHalves(db: Db, { people, fingerprint }: { people?: readonly Id[] | undefined; fingerprint?: string | undefined }) {
  let keys = db.selectFrom('identity.signingKey').select(['person', 'publicKey', 'fingerprint', 'madeAt', 'retiredAt'])
  if (people) keys = keys.where(sql<SqlBool>`person = any(${people}::uuid[])`)
  if (fingerprint !== undefined) keys = keys.where('fingerprint', '=', fingerprint)
  return keys.orderBy('person').orderBy('madeAt').execute()
}
