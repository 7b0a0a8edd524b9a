/** SQL on second factors: one-time code secrets and passkeys. */
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Db, PasskeyRow } from './tables.ts'

export function lockTotp(db: Db, account: Id) {
  return db.selectFrom('identity.totp').selectAll().where('account', '=', account).forUpdate().executeTakeFirst()
}

export async function hasTotp(db: Db, account: Id): Promise<boolean> {
  const row = await db.selectFrom('identity.totp').select('account').where('account', '=', account).where('secret', 'is not', null).executeTakeFirst()
  return row !== undefined
}

/** A begun secret replaces one begun before; what is in force stays so. */
export async function beginTotp(db: Db, account: Id, pending: Buffer): Promise<void> {
  await db
    .insertInto('identity.totp')
    .values({ account, secret: null, pending })
    .onConflict((clash) => clash.column('account').doUpdateSet({ pending }))
    .execute()
}

export async function setTotp(db: Db, account: Id, secret: Buffer, lastStep: number): Promise<void> {
  await db.updateTable('identity.totp').set({ secret, pending: null, lastStep }).where('account', '=', account).execute()
}

export async function setLastStep(db: Db, account: Id, lastStep: number): Promise<void> {
  await db.updateTable('identity.totp').set({ lastStep }).where('account', '=', account).execute()
}

export async function removeTotp(db: Db, account: Id): Promise<void> {
  await db.deleteFrom('identity.totp').where('account', '=', account).execute()
}

export async function insertPasskey(db: Db, passkey: PasskeyRow): Promise<void> {
  await db.insertInto('identity.passkey').values(passkey).execute()
}

export function passkeysOf(db: Db, account: Id): Promise<PasskeyRow[]> {
  return db.selectFrom('identity.passkey').selectAll().where('account', '=', account).orderBy('madeAt', 'desc').orderBy('id', 'desc').execute()
}

export function passkeyByCredential(db: Db, credentialId: string): Promise<PasskeyRow | undefined> {
  return db.selectFrom('identity.passkey').selectAll().where('credentialId', '=', credentialId).executeTakeFirst()
}

export function lockPasskey(db: Db, id: Id): Promise<PasskeyRow | undefined> {
  return db.selectFrom('identity.passkey').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function passkeyUsed(db: Db, id: Id, counter: number, usedAt: Moment): Promise<void> {
  await db.updateTable('identity.passkey').set({ counter, usedAt }).where('id', '=', id).execute()
}

/** Answers whether the account had this passkey. */
export async function removePasskey(db: Db, account: Id, id: Id): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('identity.passkey').where('account', '=', account).where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function removePasskeys(db: Db, account: Id): Promise<void> {
  await db.deleteFrom('identity.passkey').where('account', '=', account).execute()
}
