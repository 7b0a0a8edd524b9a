import { createHash } from 'node:crypto'
import { isResidentId, isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import { expect, test } from 'vitest'
import { RECORDED_ON } from './days.ts'
import { counties, divisions, UNKNOWN_DIVISION } from './divisions.ts'
import { Draw } from './random.ts'
import { defectCounts, defectOf, tally } from './registers/defects.ts'
import {
  ESTABLISHED_BETWEEN,
  enterpriseStatuses,
  type LegalEntityDefect,
  legalEntityAt,
  legalEntityDefects,
  legalEntityTable,
  soundUsccAt,
} from './registers/legal-entities.ts'
import { personAt, residentAt, residentDefects, residentTable } from './registers/residents.ts'
import { soleTraderAt, soleTraderDefects, soleTraderStatuses, soleTraderTable } from './registers/sole-traders.ts'
import { copyLine } from './registers/table.ts'
import { taxpayerAt, taxpayerTable } from './registers/taxpayers.ts'

const N = 5000
const rows = <Row>(rowAt: (index: number) => Row, n = N) => Array.from({ length: n }, (_, index) => rowAt(index))
const known = new Set(divisions.map(({ code }) => code))
const isDay = (compact: string) => {
  const iso = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`
  return !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString().startsWith(iso)
}

test.each([
  ['legalEntityAt', legalEntityAt],
  ['soleTraderAt', soleTraderAt],
  ['residentAt', residentAt],
  ['taxpayerAt', taxpayerAt],
] as const)('%s makes the same rows whenever, in whatever order, and COPY text can hold them', (_, rowAt: (index: number) => object) => {
  const lines = rows((index) => copyLine(rowAt(index)), 1000)
  const backwards = rows((index) => copyLine(rowAt(999 - index)), 1000).reverse()
  expect(backwards).toEqual(lines)
  for (const row of rows(rowAt, 1000)) for (const value of Object.values(row)) expect(String(value)).not.toMatch(/[\t\n\r\\]/)
})

test.each([
  ['legal_entity', legalEntityTable, legalEntityAt],
  ['sole_trader', soleTraderTable, soleTraderAt],
  ['resident', residentTable, residentAt],
  ['taxpayer', taxpayerTable, taxpayerAt],
] as const)('a row of %s has the columns of its table, in their order, and nulls only where they may be', (_, table, rowAt) => {
  const nullable = new Set(table.columns.filter((column) => column.nullable).map(({ name }): string => name))
  for (const row of rows<object>(rowAt, 500)) {
    expect(Object.keys(row)).toEqual(table.columns.map(({ name }) => name))
    for (const [name, value] of Object.entries(row)) if (value === null) expect(nullable).toContain(name)
  }
})

test('the first rows have stayed what they were when this was written', () => {
  const digest = createHash('sha256')
  for (let index = 0; index < 1000; index++) for (const rowAt of [legalEntityAt, soleTraderAt, residentAt, taxpayerAt]) digest.update(copyLine(rowAt(index)))
  expect(digest.digest('hex')).toBe('c5690f5177ad46a36a8901b73f24ba767bdd0d1ff921334ec75ad8fc48038c89')
})

test('GB 32100: credit codes are valid but for the counted share, and none comes twice', () => {
  const entities = rows(legalEntityAt)
  expect(entities.filter(({ uscc }) => !isUscc(uscc))).toHaveLength(defectCounts(legalEntityDefects, N).usccCheck)
  const traders = rows(soleTraderAt)
  expect(traders.filter(({ uscc }) => !isUscc(uscc))).toHaveLength(defectCounts(soleTraderDefects, N).usccCheck)
  expect(new Set([...entities, ...traders].map(({ uscc }) => uscc)).size).toBe(2 * N)
  for (const [index, { uscc }] of entities.entries()) expect(soundUsccAt(index).slice(0, 17)).toBe(uscc.slice(0, 17))
})

test('GB 11643: resident numbers are valid but for the counted share, tell sex and birthday, and none comes twice', () => {
  const residents = rows(residentAt)
  expect(residents.filter(({ id_number }) => !isResidentId(id_number))).toHaveLength(defectCounts(residentDefects, N).idCheck)
  for (const [index, row] of residents.entries()) {
    const defect = defectOf(residentDefects, index)
    if (defect !== 'bornOn') expect(row.born_on).toBe(row.id_number.slice(6, 14))
    if (defect !== 'sex') expect(row.sex).toBe(Number(row.id_number[16]) % 2 === 1 ? '1' : '2')
  }
  expect(new Set(Array.from({ length: 300_000 }, (_, index) => personAt(index).idNumber)).size).toBe(300_000)
})

test('legal entities bear exactly the defects that are told, each where its rule finds it', () => {
  const found: Record<LegalEntityDefect, number> = { usccCheck: 0, legalRepIdCheck: 0, establishedOn: 0, termFrom: 0, division: 0, status: 0 }
  for (const row of rows(legalEntityAt)) {
    if (!isUscc(row.uscc)) found.usccCheck++
    if (!isResidentId(row.legal_rep_id)) found.legalRepIdCheck++
    if (row.established_on < ESTABLISHED_BETWEEN.from || row.established_on > ESTABLISHED_BETWEEN.to) found.establishedOn++
    if (!isDay(row.term_from)) found.termFrom++
    if (!known.has(row.division_code)) found.division++
    if (!(row.status in enterpriseStatuses)) found.status++
  }
  expect(found).toEqual(defectCounts(legalEntityDefects, N))
  expect(found).toEqual({ usccCheck: 50, legalRepIdCheck: 25, establishedOn: 10, termFrom: 10, division: 10, status: 10 })
})

test('residents and sole traders bear exactly the defects that are told', () => {
  const residents = rows(residentAt)
  expect({
    idCheck: residents.filter(({ id_number }) => !isResidentId(id_number)).length,
    bornOn: residents.filter(({ born_on }) => !isDay(born_on)).length,
    sex: residents.filter(({ sex }) => !'12'.includes(sex)).length,
    division: residents.filter(({ division_code }) => !known.has(division_code)).length,
    ethnicity: residents.filter(({ ethnicity }) => Number(ethnicity) > 56).length,
  }).toEqual(defectCounts(residentDefects, N))
  expect(rows(soleTraderAt).filter(({ status }) => !(status in soleTraderStatuses))).toHaveLength(defectCounts(soleTraderDefects, N).status)
})

test('no row bears two defects, whatever the register', () => {
  for (const schedule of [legalEntityDefects, soleTraderDefects, residentDefects])
    for (let index = 0; index < 1000; index++)
      expect(Object.values(schedule).filter(({ every, at }) => index % every === at).length, `${index}`).toBeLessThanOrEqual(1)
})

test.each([0, 1, 41, 42, 499, 500, 501, 4999])('the counts of defects hold for %i rows', (n) => {
  const all = tally(legalEntityDefects, n, legalEntityAt, () => true)
  expect(all).toEqual({ read: n, filtered: 0, defects: defectCounts(legalEntityDefects, n) })
})

test('a tally under a filter counts what passes it and is defective', () => {
  const kept = tally(legalEntityDefects, N, legalEntityAt, ({ status }) => status === '1')
  const entities = rows(legalEntityAt)
  expect(kept.filtered).toBe(entities.filter(({ status }) => status !== '1').length)
  expect(kept.defects.usccCheck).toBe(entities.filter(({ status, uscc }) => status === '1' && !isUscc(uscc)).length)
  expect(kept.defects.status).toBe(0)
})

test('dates follow one another and none lies after the day of record', () => {
  for (const [index, row] of rows(legalEntityAt).entries()) {
    expect(row.approved_on <= RECORDED_ON && row.updated_at.slice(0, 10) >= row.approved_on).toBe(true)
    if (defectOf(legalEntityDefects, index) !== 'establishedOn') expect(row.established_on <= row.approved_on).toBe(true)
    expect(row.updated_at.slice(0, 10) <= RECORDED_ON).toBe(true)
  }
  for (const row of rows(residentAt)) expect(row.updated_at.slice(0, 10) <= RECORDED_ON && row.registered_on <= row.updated_at.slice(0, 10)).toBe(true)
})

test('taxpayers are enterprises of market supervision, by their sound code and name', () => {
  for (const index of [0, 1, 77, 999]) expect(taxpayerAt(index)).toMatchObject({ taxpayer_id: soundUsccAt(index * 5), name: legalEntityAt(index * 5).name })
})

test("no identifier can be a real one: all carry the region 3799, which is nobody's, and phones a prefix that no carrier has", () => {
  for (const row of rows(legalEntityAt, 1000))
    expect([row.uscc.slice(2, 6), row.legal_rep_id.slice(0, 4), row.legal_rep_phone.slice(0, 3)]).toEqual(['3799', '3799', '164'])
  for (const row of rows(residentAt, 1000)) expect([row.id_number.slice(0, 4), (row.phone ?? '164').slice(0, 3)]).toEqual(['3799', '164'])
})

test('names of minorities keep their middle dot and rare characters occur', () => {
  const names = rows(residentAt, 20_000).map(({ name }) => name)
  expect(names.some((name) => name.includes('·'))).toBe(true)
  expect(names.some((name) => [...name].length < name.length)).toBe(true)
})

test('rows are spread over all counties and the heap is not in key order', () => {
  const entities = rows(legalEntityAt, 1000)
  expect(new Set(entities.map(({ division_code }) => division_code))).toEqual(new Set([...counties.map(({ code }) => code), UNKNOWN_DIVISION]))
  const ascending = entities.filter(({ uscc }, index) => index > 0 && uscc > entities[index - 1]!.uscc).length
  expect(ascending).toBeLessThan(900)
})

test('a draw repeats and its values fill their limits', () => {
  const sequence = (stream: number, index: number) => {
    const draw = new Draw().begin(stream, index)
    return Array.from({ length: 200 }, () => draw.below(10))
  }
  expect(sequence(1, 5)).toEqual(sequence(1, 5))
  expect(sequence(1, 5)).not.toEqual(sequence(2, 5))
  expect(new Set(sequence(1, 5))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
})
