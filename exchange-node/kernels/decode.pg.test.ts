import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import { withClient } from '../pg/connect.ts'
import { copyOut } from '../pg/copy-out.ts'
import { testDatabase } from '../testing/databases.ts'
import { decode } from './decode.ts'
import { places, walk } from './layout.ts'

const database = testDatabase()

test.each<[CanonicalType, string[]]>([
  ['bool', ['true', 'false']],
  ['int2', ['-32768', '32767']],
  ['int4', ['-2147483648', '0', '2147483647']],
  ['int8', ['-9223372036854775808', '9223372036854775807']],
  ['float8', ['0.1', '-1.5', '1234.25', 'NaN', 'Infinity']],
  ['float4', ['0.1', '-1.5', '3.4028235']],
  ['numeric', ['0', '0.00', '-12.50', '12345678901234567890.0000001', '0.00001234', '10000', '100000000', '1e-20', 'NaN', '-Infinity', '99999999.9999']],
  ['text', ['', '政𠮷和']],
  ['date', ['1999-12-31', '2026-02-28', '0001-01-01', 'infinity', '-infinity']],
  ['time', ['00:00:00', '23:59:59.999999', '08:30:00.5']],
  ['timestamp', ['1999-12-31 23:59:59.999999', '2026-01-01 00:00:00', '1970-01-01 08:00:00.1', 'infinity']],
  ['timestamptz', ['1999-12-31 23:59:59.999999+08', '2026-01-01 00:00:00+00', '-infinity']],
  ['uuid', ['0f8fad5b-d9cb-469f-a165-70867728950e']],
  ['bytea', ['\\x00ff10', '\\x']],
  ['jsonb', ['{"a": [1, "字"]}', 'null']],
])('%s is shown as PostgreSQL prints it', async (type, values) => {
  await withClient(database.address, 'test', async (client) => {
    for (const value of values) {
      const { rows } = await client.query<{ text: string }>(`select $1::${type}::text as text`, [value])
      const expected = rows[0]!.text
      const constant = client.escapeLiteral(value)
      const shown: string[] = []
      for await (const { payload } of copyOut(client, `copy (select ${constant}::${type}) to stdout (format binary)`)) {
        const at = places(1)
        walk(payload, 0, at)
        shown.push(decode(type, payload.subarray(at.offsets[0]!, at.offsets[0]! + at.lengths[0]!)))
      }
      expect(shown).toEqual([type === 'bool' ? expected[0] : expected])
    }
  })
})
