import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { withClient } from './connect.ts'
import { identifier, literal, pageStart, text } from './sql.ts'

const database = testDatabase()
const anyText = fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => !value.includes('\0') && value.isWellFormed())
const nasty = fc.constantFrom("'", "''", '\\', "\\'", '"', '""', "'; drop table x; --", '$$', 'E\\', '政"和', ' ')

test.each(['on', 'off'])('with standard_conforming_strings %s, whatever a text or a name is, PostgreSQL reads exactly that', (conforming) =>
  withClient(database.address, 'test', async (client) => {
    await client.query(`set standard_conforming_strings = ${conforming}; set escape_string_warning = off`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, nasty), fc.oneof(anyText, nasty), async (value, name) => {
        fc.pre(name !== '' && Buffer.byteLength(name) <= 63 && name !== 'b')
        const { rows } = await client.query(`select ${text(value)} as ${identifier(name)}, ${literal(value, 'text')} as b`)
        expect(rows).toEqual([{ [name]: value, b: value }])
      }),
      { numRuns: 100 },
    )
  }),
)

test('what PostgreSQL would cut short or cannot hold is refused', () => {
  for (const name of ['', 'a\0b', '政'.repeat(22)]) expect(() => identifier(name)).toThrow('not a name')
  expect(() => text('a\0b')).toThrow('NUL')
  for (const page of [-1, 0.5, Number.NaN]) expect(() => pageStart(page)).toThrow('not a page')
})
