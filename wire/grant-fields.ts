/** Whether the fields, masks, rules, filter and cursor of a grant go together; for those who draw one up and for the nodes that check it. Safe in a browser. */
import type { CanonicalType, Grant, GrantField } from './documents.ts'
import { WireError } from './error.ts'
import { checkFilter } from './filter.ts'

const MASKS: Readonly<Record<NonNullable<GrantField['mask']>['kind'], readonly CanonicalType[] | 'any'>> = {
  name: ['text'],
  middle: ['text'],
  fixed: ['text'],
  year: ['date'],
  null: 'any',
}
const ORDERED: readonly CanonicalType[] = ['int2', 'int4', 'int8', 'numeric', 'text', 'date', 'timestamp', 'timestamptz', 'uuid']

/** Refuses a grant at odds with itself: `duplicate_name`, `masked_key`, `bad_mask`, `bad_rule`, `bad_filter` (`params.problems`), `bad_cursor`. */
export function checkGrantFields(grant: Pick<Grant, 'fields' | 'filter' | 'cursor'>): void {
  const names = new Set<string>()
  for (const field of grant.fields) {
    if (names.has(field.name)) throw new WireError('duplicate_name', `the field ${field.name} is granted twice`, { field: field.name })
    names.add(field.name)
    checkMask(field)
    checkRules(field)
  }
  const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
  if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
  if (grant.cursor !== undefined) checkCursor(grant.cursor, grant.fields)
}

function checkMask({ name, type, key, nullable, mask }: GrantField): void {
  if (!mask) return
  if (key) throw new WireError('masked_key', `the field ${name} is part of the key and may not be masked`, { field: name })
  const types = MASKS[mask.kind]
  if (types !== 'any' && !types.includes(type))
    throw new WireError('bad_mask', `the mask «${mask.kind}» is not for ${name}, a ${type}`, { field: name, mask: mask.kind, type })
  if (mask.kind === 'null' && !nullable)
    throw new WireError('bad_mask', `${name} may not be null, so it cannot be masked with null`, { field: name, mask: 'null' })
}

function checkRules({ name, type, rules }: GrantField): void {
  for (const rule of rules) {
    const fits = rule.kind === 'notNull' || type === (rule.kind === 'dateBetween' ? 'date' : 'text')
    const empty = (rule.kind === 'length' && rule.min > rule.max) || (rule.kind === 'dateBetween' && rule.from > rule.to)
    if (!fits || empty) {
      const why = fits ? 'lets nothing pass' : `is not for a ${type}`
      throw new WireError('bad_rule', `the rule «${rule.kind}» on ${name} ${why}`, { field: name, rule: rule.kind, type })
    }
  }
}

function checkCursor(cursor: string, fields: readonly GrantField[]): void {
  const field = fields.find(({ name }) => name === cursor)
  if (!field) throw new WireError('bad_cursor', `the cursor ${cursor} is not a granted field`, { field: cursor })
  if (field.mask || !ORDERED.includes(field.type))
    throw new WireError('bad_cursor', `the cursor ${cursor} is masked or has no order`, { field: cursor, type: field.type })
}
