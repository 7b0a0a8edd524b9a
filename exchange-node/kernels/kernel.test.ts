import type { CanonicalType, GrantField, Mask, Rule } from '@zhenghe/wire/documents.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conceal, RowKernel } from './kernel.ts'

type Value = string | number | null
type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'mask' | 'rules'>

// plain objects and strings: what the byte kernels must agree with
const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const DAY_MS = 86_400_000
const dateOf = (days: number) => new Date(Date.UTC(2000, 0, 1) + days * DAY_MS)

function usccIsGood(value: string): boolean {
  const values = [...value].map((character) => USCC.indexOf(character))
  if (value.length !== 18 || values.includes(-1)) return false
  const sum = values.slice(0, 17).reduce((total, one, at) => total + one * (3 ** at % 31), 0)
  return (31 - (sum % 31)) % 31 === values[17]
}

function residentIdIsGood(value: string): boolean {
  const match = /^\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dX]$/.exec(value)
  if (!match || match[1] === '0000') return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return false
  const sum = [...value.slice(0, 17)].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0)
  return '10X98765432'[sum % 11] === value[17]
}

function holds(rule: Rule, value: Value): boolean {
  if (value === null) return rule.kind !== 'notNull'
  const text = String(value)
  switch (rule.kind) {
    case 'notNull':
      return true
    case 'uscc':
      return usccIsGood(text)
    case 'residentId':
      return residentIdIsGood(text)
    case 'length':
      return [...text].length >= rule.min && [...text].length <= rule.max
    case 'digits':
      return /^[0-9]+$/.test(text)
    case 'oneOf':
      return rule.values.includes(text)
    case 'dateBetween':
      return dateOf(Number(value)) >= new Date(rule.from) && dateOf(Number(value)) <= new Date(rule.to)
  }
}

function masked(mask: Mask | undefined, value: Value): Value {
  if (value === null || !mask) return value
  const characters = [...String(value)]
  switch (mask.kind) {
    case 'name':
      return `${characters[0] ?? ''}**`
    case 'middle': {
      if (characters.length <= mask.head + mask.tail) return '*'.repeat(characters.length)
      return characters.map((one, at) => (at < mask.head || at >= characters.length - mask.tail ? one : '*')).join('')
    }
    case 'fixed':
      return mask.text
    case 'null':
      return null
    case 'year':
      return (new Date(0).setUTCFullYear(dateOf(Number(value)).getUTCFullYear(), 0, 1) - Date.UTC(2000, 0, 1)) / DAY_MS
  }
}

function encode(rows: readonly Value[][], fields: readonly Field[]): Buffer {
  const parts = rows.flatMap((row) => {
    const count = Buffer.alloc(2)
    count.writeInt16BE(row.length)
    return [count, ...row.map((value, at) => encodeValue(value, fields[at]!.type))]
  })
  return Buffer.concat(parts)
}

function encodeValue(value: Value, type: CanonicalType): Buffer {
  const head = Buffer.alloc(4)
  if (value === null) {
    head.writeInt32BE(-1)
    return head
  }
  const body = type === 'date' ? Buffer.alloc(4) : Buffer.from(String(value))
  if (type === 'date') body.writeInt32BE(Number(value))
  head.writeInt32BE(body.length)
  return Buffer.concat([head, body])
}

const aMask = fc.oneof(
  fc.constant(undefined),
  fc.constant({ kind: 'name' } as const),
  fc.record({ kind: fc.constant('middle' as const), head: fc.nat(6), tail: fc.nat(6) }),
  fc.record({ kind: fc.constant('fixed' as const), text: fc.string({ unit: 'binary', maxLength: 8 }) }),
  fc.constant({ kind: 'null' } as const),
)
const aTextRule: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom<Rule>({ kind: 'notNull' }, { kind: 'uscc' }, { kind: 'residentId' }, { kind: 'digits' }),
  fc.tuple(fc.nat(4), fc.nat(12)).map(([min, more]): Rule => ({ kind: 'length', min, max: min + more })),
  fc.constant<Rule>({ kind: 'oneOf', values: ['存续', '1', ''] }),
)
const aDateField = fc.record({
  type: fc.constant('date' as const),
  mask: fc.constantFrom(undefined, { kind: 'year' } as const, { kind: 'null' } as const),
  rules: fc.constantFrom<Rule[]>([], [{ kind: 'dateBetween', from: '1990-01-01', to: '2026-12-31' }]),
})
const aTextField = fc.record({ type: fc.constant('text' as const), mask: aMask, rules: fc.array(aTextRule, { maxLength: 2 }) })
const fieldsOf = fc.array(fc.oneof(aTextField, aTextField, aDateField), { minLength: 1, maxLength: 6 })
const someText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('91110105MA01AB3C0D', '11010519491231002X', '110105199002300016', '存续', '1', '', '张三丰', '𠮷野家'),
  fc.stringMatching(/^\d{17}[\dX]$/),
)
const aValue = (type: CanonicalType): fc.Arbitrary<Value> =>
  fc.option<string | number>(type === 'date' ? fc.integer({ min: -700_000, max: 3_000_000 }) : someText, { freq: 6 })
const aCase = fieldsOf.chain((drafts) => {
  const fields = drafts.map(({ mask, ...field }, at) => ({ name: `f${at}`, key: false, ...field, ...(mask ? { mask } : {}) }))
  return fc.record({ fields: fc.constant(fields), rows: fc.array(fc.tuple(...fields.map(({ type }) => aValue(type))), { maxLength: 12 }) })
})

describe('masks and rules on bytes', () => {
  test('agree with the same on strings, for any rows, fields, masks and rules', () => {
    fc.assert(
      fc.property(aCase, ({ fields, rows }) => {
        const good = rows.filter((row) => fields.every(({ rules }, at) => rules.every((rule) => holds(rule, row[at]!))))
        const expected = good.map((row) => row.map((value, at) => masked(fields[at]!.mask, value)))
        const kernel = new RowKernel(fields, 100)
        const { payload, rows: passed } = kernel.run({ payload: encode(rows, fields), rows: rows.length })
        expect(passed).toBe(good.length)
        expect(payload).toEqual(encode(expected, fields))
        expect(kernel.counts()).toMatchObject({ rows: rows.length, rejected: rows.length - good.length })
      }),
      { numRuns: 1500 },
    )
  })

  test('GB 32100 and GB 11643: the numbers of the standards pass, one digit off does not', () => {
    const fields: Field[] = [
      { name: 'uscc', type: 'text', key: true, rules: [{ kind: 'uscc' }] },
      { name: 'id', type: 'text', key: false, rules: [{ kind: 'residentId' }] },
    ]
    const rows = [
      ['91350100M000100Y43', '11010519491231002X'],
      ['91350100M000100Y44', '11010519491231002X'],
      ['91350100M000100Y43', '110105194912310021'],
      ['91350100M000100Y43', '110105194902300026'],
      ['91350100I000100Y43', null],
    ]
    const kernel = new RowKernel(fields, 2)
    expect(kernel.run({ payload: encode(rows, fields), rows: rows.length }).rows).toBe(1)
    expect(kernel.counts().reasons).toEqual({ 'uscc:uscc': 2, 'id:residentId': 2 })
    expect(kernel.rejections()).toEqual([
      { key: { uscc: '91350100M000100Y44' }, field: 'uscc', rule: 'uscc', value: '91**************44' },
      { key: { uscc: '91350100M000100Y43' }, field: 'id', rule: 'residentId', value: '11**************21' },
    ])
  })

  test('counts and rejections are of the range that began last', () => {
    const fields: Field[] = [{ name: 'a', type: 'text', key: true, mask: { kind: 'name' }, rules: [{ kind: 'digits' }] }]
    const kernel = new RowKernel(fields, 10)
    kernel.run({ payload: encode([['x'], ['1']], fields), rows: 2 })
    expect(kernel.counts()).toEqual({ rows: 2, rejected: 1, masked: { a: 1 }, reasons: { 'a:digits': 1 } })
    kernel.begin()
    expect(kernel.counts()).toEqual({ rows: 0, rejected: 0, masked: { a: 0 }, reasons: {} })
    expect(kernel.rejections()).toEqual([])
  })

  test('a tuple of another shape is refused rather than misread', () => {
    const one: Field[] = [{ name: 'a', type: 'text', key: true, rules: [{ kind: 'digits' }] }]
    const kernel = new RowKernel([...one, ...one], 10)
    expect(() => kernel.run({ payload: encode([['1']], one), rows: 1 })).toThrow('a tuple of 2 fields was due')
    expect(() => kernel.run({ payload: encode([['12', '3']], [...one, ...one]).subarray(0, -1), rows: 1 })).toThrow('cut off')
  })
})

test('an offending value is shown so that it can be recognised and not learnt', () => {
  expect(['', 'a', 'abcd', 'abcde', '11010519491231002X', '𠮷'.repeat(30)].map(conceal)).toEqual([
    '',
    '*',
    '****',
    'ab*de',
    '11**************2X',
    '𠮷𠮷**************𠮷𠮷',
  ])
})
