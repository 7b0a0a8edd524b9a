/** This module's tables, the views of others it reads, and the types its actions and stores share. */
import type { ColumnType, Kysely } from 'kysely'
import type { Person, Unit } from '../../assurance/organizations/contract.ts'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import type { contract, Session, SigningKey } from './contract.ts'

export type AccountRow = {
  id: Id
  person: Id
  name: string
  nameDigest: Buffer
  passwordHash: string
  mustChangePassword: boolean
  openedAt: Moment
  lastSignInAt: Moment | null
  closedAt: Moment | null
}
export type SessionRow = Omit<Session, 'current'> & { account: Id; tokenDigest: Buffer; endedAt: Moment | null }
export type TicketRow = { digest: Buffer; kind: 'second_factor' | 'passkey' | 'registration'; account: Id | null; challenge: string | null; expiresAt: Moment }
export type PasskeyRow = {
  id: Id
  account: Id
  name: string
  credentialId: string
  publicKey: Buffer
  counter: number
  transports: string[]
  madeAt: Moment
  usedAt: Moment | null
}
type Sealed = SigningKey['sealed']

export type Tables = {
  'identity.account': AccountRow
  'identity.attempt': { nameDigest: Buffer; wrong: number; lockedUntil: Moment | null; at: Moment }
  'identity.session': SessionRow
  'identity.ticket': TicketRow
  'identity.totp': { account: Id; secret: Buffer | null; pending: Buffer | null; lastStep: ColumnType<number, number | undefined> }
  'identity.passkey': PasskeyRow
  'identity.signingKey': {
    id: Id
    person: Id
    publicKey: string
    fingerprint: string
    sealed: ColumnType<Sealed | null, string, null>
    madeAt: Moment
    retiredAt: Moment | null
  }
  'organizationsPub.person': Pick<Person, 'id' | 'name' | 'unit'>
  'organizationsPub.unit': Pick<Unit, 'id' | 'division'>
  'identity.founding': { once: ColumnType<boolean, boolean | undefined>; at: Moment }
}
export type Db = Kysely<Tables>
export type IdentityCtx = Ctx<Tables>
/** Some of this module's actions. */
export type Part<K extends keyof typeof contract> = Pick<Actions<typeof contract, Tables>, K>
