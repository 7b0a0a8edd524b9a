import { SqlSource } from '../sql/source.ts'
import { SqlTarget } from '../sql/target.ts'
import { givenConformance } from '../testing/given-store.ts'
import { loginOf } from './address.ts'
import { Oracle } from './session.ts'

/** NUMBER has 38 digits and no names; zero has no sign; what is loaded ends with the years 1 and 9999. */
const refuses = [
  'a numeric of 120 digits',
  'a numeric that is no number',
  'an infinite numeric',
  'minus zero',
  'a year before Christ',
  'the year 12026',
  'an infinite date',
  'an infinite moment',
]

givenConformance('Oracle', 'ZHENGHE_TEST_ORACLE', (url) => ({
  schema: process.env['ZHENGHE_TEST_ORACLE_SCHEMA'] ?? loginOf(url).user.toUpperCase(),
  refuses,
  sourceColumn: (field) => field.toUpperCase(),
  source: () => new SqlSource(new Oracle(url)),
  target: () => new SqlTarget(new Oracle(url)),
}))
