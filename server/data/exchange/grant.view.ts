/** Grants as people see them, and whether they stand. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import type { GrantState, GrantView } from './grant.contract.ts'
import { type GrantTimes, stateOfGrant } from './grant.rules.ts'
import type { GrantWithRequest } from './grant.store.ts'
import { filterWords } from './request.rules.ts'

const refuse = refuser(refusals)

/** Refuses `exchange.grant_over` unless the grant is in force, or in one of the other states given. */
export function demandStanding(grant: GrantTimes, now: string, ...others: GrantState[]): void {
  const state = stateOfGrant(grant, now)
  if (state !== 'in_force' && !others.includes(state)) refuse('exchange.grant_over', { state })
}

export function viewOfGrant(row: GrantWithRequest, now: string, captures = false): GrantView {
  const { id, version, request, entry, entryName, provider, providerName, consumer, consumerName, notBefore, notAfter } = row
  const { fields, filter, cursor, purpose } = JSON.parse(row.text) as Grant
  return {
    ...{ id, version, request, entry, entryName, provider, providerName, consumer, consumerName, notBefore, notAfter, purpose, suite: row.suite },
    state: stateOfGrant(row, now),
    fields: fields.map(({ name, title, type, key, mask, rules }) => ({ name, title, type, key, rules, ...(mask ? { mask } : {}) })),
    ...(filter ? { filter } : {}),
    filterWords: filterWords(filter, fields),
    cursor: cursor ?? null,
    captures,
    ...{ approvedBy: row.grantedByName, key: row.key, signature: row.signature, grantedAt: row.grantedAt },
    ...{ revokedAt: row.revokedAt, revokeReason: row.revokeReason },
  }
}
