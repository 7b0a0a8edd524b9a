import { SqlSource } from '../sql/source.ts'
import { SqlTarget } from '../sql/target.ts'
import { givenConformance } from '../testing/given-store.ts'
import { SqlServer } from './session.ts'

/** DECIMAL has 38 digits and no names; floats are numbers with all their digits; dates end with the years 1 and 9999, days with 23:59. */
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
  'midnight at the end of the day',
]

givenConformance('SQL Server', 'ZHENGHE_TEST_SQLSERVER', (url) => ({
  schema: process.env['ZHENGHE_TEST_SQLSERVER_SCHEMA'] ?? 'dbo',
  refuses,
  source: () => new SqlSource(new SqlServer(url)),
  target: () => new SqlTarget(new SqlServer(url)),
}))
