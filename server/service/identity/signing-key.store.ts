/** SQL on people's signing keys. */

import type { SuiteName } from '@zhenghe/wire/documents.ts'
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

/** At most one of each kind. */
export function current(db: Db, person: Id) {
  return db
    .selectFrom('identity.signingKey')
    .select(['publicKey', 'fingerprint', 'sealed', 'madeAt'])
    .where('person', '=', person)
    .where('retiredAt', 'is', null)
    .$narrowType<{ sealed: SigningKey['sealed'] }>()
    .execute()
}

/** Retires the person's keys, or the one of a suite, and forgets their private halves; answers which they were. */
export function retire(db: Db, person: Id, now: Moment, suite?: SuiteName) {
  const all = db
    .updateTable('identity.signingKey')
    .set({ retiredAt: now, sealed: null })
    .where('person', '=', person)
    .where('retiredAt', 'is', null)
    .returning(['id', 'fingerprint'])
  const sm2 = sql<SqlBool>`public_key like 'sm2:%'`
  if (suite === undefined) return all.execute()
  return all.where((where) => (suite === 'gm' ? sm2 : where.not(sm2))).execute()
}

/** Public halves, by person and age. */
export function publicHalves(db: Db, { people, fingerprint }: { people?: readonly Id[] | undefined; fingerprint?: string | undefined }) {
  let keys = db.selectFrom('identity.signingKey').select(['person', 'publicKey', 'fingerprint', 'madeAt', 'retiredAt'])
  if (people) keys = keys.where(sql<SqlBool>`person = any(${people}::uuid[])`)
  if (fingerprint !== undefined) keys = keys.where('fingerprint', '=', fingerprint)
  return keys.orderBy('person').orderBy('madeAt').execute()
}
