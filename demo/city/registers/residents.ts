/** The population register of public security: `population.resident` of the database `public_security`. */

import { residentIdCheck } from '@zhenghe/server/kernel/identifiers.ts'
import { homeAddress, placeIn } from '../addresses.ts'
import { IMPOSSIBLE_DAYS, isoDay, LAST_DAY, officeMoment } from '../days.ts'
import { counties, UNKNOWN_DIVISION } from '../divisions.ts'
import { mobileNumber, personName, type Sex } from '../names.ts'
import { Draw, weighted } from '../random.ts'
import { defectOf, type Schedule } from './defects.ts'
import { code, date, moment, type Table, text } from './table.ts'

export type ResidentRow = {
  id_number: string
  name: string
  sex: string
  ethnicity: string
  born_on: string
  residence_kind: string
  marital_status: string
  household_address: string
  division_code: string
  phone: string | null
  registered_on: string
  updated_at: string
}

export const residentTable: Table<keyof ResidentRow> = {
  schema: 'population',
  name: 'resident',
  title: '常住人口基本信息',
  columns: [
    { name: 'id_number', title: '公民身份号码', ...text(18), key: true, sensitive: true, note: 'GB 11643' },
    { name: 'name', title: '姓名', ...text(60), sensitive: true },
    { name: 'sex', title: '性别', ...code(1), note: 'GB/T 2261.1' },
    { name: 'ethnicity', title: '民族', ...code(2), note: 'GB/T 3304' },
    { name: 'born_on', title: '出生日期', ...code(8), sensitive: true, note: 'YYYYMMDD，文本' },
    { name: 'residence_kind', title: '居住类别', ...code(1), note: '1 户籍 2 流动' },
    { name: 'marital_status', title: '婚姻状况', ...code(2), sensitive: true, note: 'GB/T 2261.2' },
    { name: 'household_address', title: '居住地址', ...text(200), sensitive: true },
    { name: 'division_code', title: '所属乡镇街道代码', ...code(9), note: 'GB/T 10114' },
    { name: 'phone', title: '联系电话', ...text(20), nullable: true, sensitive: true },
    { name: 'registered_on', title: '登记日期', ...date },
    { name: 'updated_at', title: '更新时间', ...moment },
  ],
}

export type ResidentDefect = 'idCheck' | 'bornOn' | 'sex' | 'division' | 'ethnicity'

/**
 * 1 % of the numbers have a wrong check character (rule residentId); 0.2 % each: a birth date that is no day, a sex, an ethnic group and a
 * division that their code tables do not hold.
 */
export const residentDefects: Schedule<ResidentDefect> = {
  idCheck: { every: 100, at: 37 },
  bornOn: { every: 500, at: 151 },
  sex: { every: 500, at: 262 },
  division: { every: 500, at: 383 },
  ethnicity: { every: 500, at: 494 },
}

const STREAM = 11
/** Years of birth by how many were born in them, so that the ages make a believable pyramid. */
const BIRTH_YEARS = Array.from({ length: 91 }, (_, age) => 1936 + age).flatMap((year) =>
  Array<number>(year < 1950 ? 1 : year < 1962 ? 2 : year < 1992 ? 4 : 3).fill(year),
)
const DAYS_OF_YEAR = Array.from({ length: 365 }, (_, day) => isoDay(day).slice(5, 7) + isoDay(day).slice(8)) // 1990 had no leap day
/** Prime to the lengths of both lists above, so that going round them meets nothing twice. */
const STRIDE = 211
const SEQUENCES = 499
/** How often a year stands in `BIRTH_YEARS` at most. */
const YEAR_REPEATS = 4
const LAST_BIRTHDAY_OF_2026 = 300

const ETHNICITIES = weighted([
  ['01', 985],
  ['03', 6],
  ['11', 3],
  ['02', 2],
  ['10', 1],
  ['15', 1],
  ['08', 1],
  ['05', 1],
])
const MARITAL = weighted([
  ['20', 80],
  ['10', 10],
  ['40', 5],
  ['30', 5],
])
/** Which of its appearances in the list each slot is. */
const ORDINALS = BIRTH_YEARS.map((year, slot) => slot - BIRTH_YEARS.indexOf(year))
const WRONG_CHECK = '0123456789X'

export type Person = { county: number; sex: Sex; year: number; monthDay: string; idNumber: string }

/** Who the resident of that number is. Numbers below 16 million give different resident numbers (GB 11643), all valid. */
export function personAt(index: number): Person {
  const county = index % counties.length
  const within = Math.floor(index / counties.length)
  const slot = (within * STRIDE + county * 37) % BIRTH_YEARS.length
  const round = Math.floor(within / BIRTH_YEARS.length)
  const year = BIRTH_YEARS[slot]!
  const day = (round * STRIDE + slot * 7 + county * 29) % (year === 2026 ? LAST_BIRTHDAY_OF_2026 : 365)
  const nth = Math.floor(round / (year === 2026 ? LAST_BIRTHDAY_OF_2026 : 365)) * YEAR_REPEATS + ORDINALS[slot]!
  const sex: Sex = ((index * STRIDE) >>> 3) % 100 < 51 ? '1' : '2'
  const sequence = 2 * ((nth * 101 + day * 31 + year) % SEQUENCES) + (sex === '1' ? 1 : 2)
  const monthDay = DAYS_OF_YEAR[day]!
  const first17 = counties[county]!.code + year + monthDay + String(sequence).padStart(3, '0')
  return { county, sex, year, monthDay, idNumber: first17 + residentIdCheck(first17) }
}

/** The same number with its check character one place on in 0–9, X. */
export function withWrongIdCheck(idNumber: string): string {
  return idNumber.slice(0, 17) + WRONG_CHECK.charAt((WRONG_CHECK.indexOf(idNumber.charAt(17)) + 1) % WRONG_CHECK.length)
}

const draw = new Draw()

/** Of the residents below this number, adults run the city's undertakings. */
export const REPRESENTATIVES = 300_000
const ADULT_BORN_BEFORE = 2005

/** The first adult from that number on, by valid resident number and name: how the other registers know people. */
export function adultNear(index: number): { idNumber: string; name: string } {
  for (let candidate = index; ; candidate = (candidate + 1) % REPRESENTATIVES) {
    const { idNumber, sex, year } = personAt(candidate)
    if (year >= ADULT_BORN_BEFORE) continue
    draw.begin(STREAM, candidate)
    return { idNumber, name: personName(draw, sex, draw.pick(ETHNICITIES)) }
  }
}

/** The row of that number, the same for ever. */
export function residentAt(index: number): ResidentRow {
  const person = personAt(index)
  const defect = defectOf(residentDefects, index)
  draw.begin(STREAM, index)
  const ethnicity = draw.pick(ETHNICITIES)
  const name = personName(draw, person.sex, ethnicity)
  const place = placeIn(draw, counties[person.county]!)
  const age = 2026 - person.year
  const registered = LAST_DAY - draw.below(Math.min(age + 1, 20) * 300)
  const updated = LAST_DAY - draw.below(900)
  return {
    id_number: defect === 'idCheck' ? withWrongIdCheck(person.idNumber) : person.idNumber,
    name,
    sex: defect === 'sex' ? '7' : person.sex,
    ethnicity: defect === 'ethnicity' ? '60' : ethnicity,
    born_on: defect === 'bornOn' ? IMPOSSIBLE_DAYS[index % IMPOSSIBLE_DAYS.length]! : person.year + person.monthDay,
    residence_kind: draw.below(100) < 88 ? '1' : '2',
    marital_status: age < 23 ? '10' : draw.pick(MARITAL),
    household_address: homeAddress(draw, place),
    division_code: defect === 'division' ? `${UNKNOWN_DIVISION}999` : place.town.code,
    phone: age < 12 || draw.below(10) === 0 ? null : mobileNumber(draw),
    registered_on: isoDay(registered),
    updated_at: officeMoment(draw, isoDay(Math.max(updated, registered))),
  }
}
