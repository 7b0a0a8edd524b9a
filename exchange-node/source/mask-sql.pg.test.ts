import type { Mask } from '@zhenghe/wire/documents.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowKernel } from '../kernels/kernel.ts'
import { connect } from '../pg/connect.ts'
import { copyOut } from '../pg/copy-out.ts'
import { text } from '../pg/sql.ts'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { maskSql } from './select.ts'

const database = testDatabase()
const aTextMask: fc.Arbitrary<Mask> = fc.oneof(
  fc.constant<Mask>({ kind: 'name' }),
  fc.tuple(fc.nat(5), fc.nat(5)).map(([head, tail]): Mask => ({ kind: 'middle', head, tail })),
  fc.stringMatching(/^[^\0]{0,6}$/).map((fixed): Mask => ({ kind: 'fixed', text: fixed })),
  fc.constant<Mask>({ kind: 'null' }),
)
const aText = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('张三丰', '𠮷', ''))
const aDate = fc.oneof(
  fc.integer({ min: -2_400_000, max: 2_000_000_000 }).map((days) => `'2000-01-01'::date + ${days % 2_145_000}`),
  fc.constantFrom(`'infinity'::date`, `'-infinity'::date`, `'0001-12-31 BC'::date`, `'0044-03-15 BC'::date`),
)

test('a mask said in SQL, for comparing, is the mask on bytes, for any text and date', async () => {
  const client = await connect(database.address, 'test')
  const collect = async (select: string) => {
    const frames: Buffer[] = []
    let rows = 0
    for await (const frame of copyOut(client, `copy (${select}) to stdout (format binary)`)) {
      frames.push(Buffer.from(frame.payload))
      rows += frame.rows
    }
    return { payload: Buffer.concat(frames), rows }
  }
  const same = async (type: 'text' | 'date', mask: Mask, values: string[]) => {
    const rows = `(values ${values.map((value) => `(${value})`).join(', ')}) r(v)`
    const plain = await collect(`select v from ${rows}`)
    const inSql = await collect(`select ${maskSql('v', { type, mask })} from ${rows}`)
    expect(new RowKernel([field('v', type, { mask })], 0).run(plain).payload).toEqual(inSql.payload)
  }
  const texts = fc.array(fc.option(aText.filter((value) => !value.includes('\0') && value.isWellFormed())), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(aTextMask, texts, (mask, values) =>
      same(
        'text',
        mask,
        values.map((value) => (value === null ? 'null::text' : text(value))),
      ),
    ),
    { numRuns: 150 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(aDate, { minLength: 1, maxLength: 20 }), (values) => same('date', { kind: 'year' }, values)),
    { numRuns: 80 },
  )
  await client.end()
})
