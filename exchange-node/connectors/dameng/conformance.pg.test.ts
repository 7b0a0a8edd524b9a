import { SqlSource } from '../sql/source.ts'
import { SqlTarget } from '../sql/target.ts'
import { givenConformance } from '../testing/given-store.ts'
import { loginOf } from './address.ts'
import { Dameng } from './session.ts'

/** NUMBER has 38 digits and no names, floats are numbers with all their digits, what is loaded ends with the years 1 and 9999. */
const refuses = [
  'a numeric of 120 digits',
  'a numeric that is no number',
  'an infinite numeric',
  'a float that is no number',
  'an infinite float',
  'the smallest float',
  'minus zero',
  'a year before Christ',
  'the year 12026',
  'an infinite date',
  'an infinite moment',
]

givenConformance('达梦', 'ZHENGHE_TEST_DM', (url) => ({
  schema: loginOf(url).schema ?? loginOf(url).user.toUpperCase(),
  refuses,
  sourceColumn: (field) => field.toUpperCase(),
  source: () => new SqlSource(new Dameng(url)),
  target: () => new SqlTarget(new Dameng(url)),
}))
