/** The register of enterprises of market supervision: `registration.legal_entity` of the database `market_supervision`. */
import { businessAddress, placeIn } from '../addresses.ts'
import { creditCode, withWrongCheck } from '../credit-codes.ts'
import { compact, dayNumber, IMPOSSIBLE_DAYS, isoDay, LAST_DAY, officeMoment, RECORDED_ON } from '../days.ts'
import { counties, UNKNOWN_DIVISION } from '../divisions.ts'
import { industries, scopeOf } from '../industries.ts'
import { enterpriseName, mobileNumber } from '../names.ts'
import { Draw, weighted } from '../random.ts'
import { defectOf, type Schedule } from './defects.ts'
import { adultNear, REPRESENTATIVES, withWrongIdCheck } from './residents.ts'
import { code, date, moment, type Table, text } from './table.ts'

export type LegalEntityRow = {
  uscc: string
  name: string
  legal_rep_name: string
  legal_rep_id: string
  legal_rep_phone: string
  address: string
  division_code: string
  industry_code: string
  registered_capital: string
  currency: string
  established_on: string
  approved_on: string
  expires_on: string | null
  term_from: string
  status: string
  entity_type: string
  scope: string
  updated_at: string
}

/** 登记状态: the code table of the column `status`. */
export const enterpriseStatuses = { '1': '存续', '2': '吊销未注销', '3': '吊销已注销', '4': '注销', '5': '撤销', '6': '迁出' } as const

export const legalEntityTable: Table<keyof LegalEntityRow> = {
  schema: 'registration',
  name: 'legal_entity',
  title: '企业登记信息',
  columns: [
    { name: 'uscc', title: '统一社会信用代码', ...text(18), key: true, note: 'GB 32100' },
    { name: 'name', title: '企业名称', ...text(200) },
    { name: 'legal_rep_name', title: '法定代表人姓名', ...text(60), sensitive: true },
    { name: 'legal_rep_id', title: '法定代表人证件号码', ...text(18), sensitive: true, note: 'GB 11643' },
    { name: 'legal_rep_phone', title: '法定代表人联系电话', ...text(20), sensitive: true },
    { name: 'address', title: '住所', ...text(200) },
    { name: 'division_code', title: '住所所在行政区划代码', ...code(6), note: 'GB/T 2260' },
    { name: 'industry_code', title: '行业代码', ...text(5), note: 'GB/T 4754' },
    { name: 'registered_capital', title: '注册资本', type: 'numeric(18,2)', item: 'Y', length: 18, note: '单位：元' },
    { name: 'currency', title: '币种', ...code(3), note: 'GB/T 12406' },
    { name: 'established_on', title: '成立日期', ...date },
    { name: 'approved_on', title: '核准日期', ...date },
    { name: 'expires_on', title: '经营期限止', ...date, nullable: true, note: '空为长期' },
    { name: 'term_from', title: '经营期限自', ...code(8), note: 'YYYYMMDD，文本' },
    { name: 'status', title: '登记状态', ...text(2), note: '1 存续 2 吊销未注销 3 吊销已注销 4 注销 5 撤销 6 迁出' },
    { name: 'entity_type', title: '企业类型代码', ...code(4) },
    { name: 'scope', title: '经营范围', type: 'text', item: 'M', length: 2000 },
    { name: 'updated_at', title: '更新时间', ...moment },
  ],
}

export type LegalEntityDefect = 'usccCheck' | 'legalRepIdCheck' | 'establishedOn' | 'termFrom' | 'division' | 'status'

/**
 * 1 % of the credit codes have a wrong check character (rule uscc), 0.5 % of the representatives' numbers (rule residentId). 0.2 % each: an
 * establishment date that stands for «not known» (rule dateBetween `ESTABLISHED_BETWEEN`), a start of term that is no day (no rule sees it:
 * the column is text), a division (rule oneOf) and a status (rule oneOf) that their code tables do not hold.
 */
export const legalEntityDefects: Schedule<LegalEntityDefect> = {
  usccCheck: { every: 100, at: 41 },
  legalRepIdCheck: { every: 200, at: 73 },
  establishedOn: { every: 500, at: 128 },
  termFrom: { every: 500, at: 219 },
  division: { every: 500, at: 306 },
  status: { every: 500, at: 412 },
}

/** Every sound establishment date lies between these, both included. */
export const ESTABLISHED_BETWEEN = { from: '1990-01-01', to: RECORDED_ON } as const
const PLACEHOLDER_DAYS = ['1900-01-01', '2099-12-31'] as const

const STREAM = 23
const STATUS_WEIGHTS = weighted([
  ['1', 80],
  ['2', 4],
  ['3', 1],
  ['4', 13],
  ['5', 1],
  ['6', 1],
])
/** Form of the company in its name, its type code, the kind of its credit code. */
const FORMS = [
  ...Array(14).fill(['有限公司', '1130', '91']),
  ...Array(6).fill(['有限公司', '1151', '91']),
  ...Array(2).fill(['有限责任公司', '1140', '91']),
  ['股份有限公司', '1222', '91'],
  ['厂', '4540', '91'],
  ['合伙企业（有限合伙）', '4533', '91'],
  ['专业合作社', '9100', '93'],
] as readonly (readonly [form: string, type: string, kind: string])[]
/** In units of ten thousand yuan. */
const CAPITALS = weighted([
  [10, 8],
  [30, 8],
  [50, 16],
  [100, 24],
  [200, 12],
  [300, 6],
  [500, 12],
  [1000, 8],
  [3000, 3],
  [5000, 2],
  [20000, 1],
])
const TEN_THOUSAND_YUAN = '0000.00'
const TERM_DAYS = [3652, 7305, 10957]

const draw = new Draw()

/** The credit code the register should hold for the row of that number. */
export function soundUsccAt(index: number): string {
  draw.begin(STREAM, index)
  return creditCode(draw.pick(FORMS)[2], counties[index % counties.length]!.code, 'A', index)
}

/** The row of that number, the same for ever. */
export function legalEntityAt(index: number): LegalEntityRow {
  const defect = defectOf(legalEntityDefects, index)
  const county = counties[index % counties.length]!
  draw.begin(STREAM, index)
  const [form, entityType, kind] = draw.pick(FORMS)
  const uscc = creditCode(kind, county.code, 'A', index)
  const industry = draw.pick(industries)
  const person = adultNear(draw.below(REPRESENTATIVES))
  const established = LAST_DAY - Math.floor((draw.below(11_000) * draw.below(1000)) / 1000)
  const approved = established + draw.below(LAST_DAY - established + 1)
  const expires = draw.below(3) === 0 ? isoDay(established + draw.pick(TERM_DAYS)) : null
  return {
    uscc: defect === 'usccCheck' ? withWrongCheck(uscc) : uscc,
    name: enterpriseName(draw, county.name, draw.pick(industry.trades), form),
    legal_rep_name: person.name,
    legal_rep_id: defect === 'legalRepIdCheck' ? withWrongIdCheck(person.idNumber) : person.idNumber,
    legal_rep_phone: mobileNumber(draw),
    address: businessAddress(draw, placeIn(draw, county)),
    division_code: defect === 'division' ? UNKNOWN_DIVISION : county.code,
    industry_code: industry.code,
    registered_capital: draw.below(50) === 0 ? `${100_000 + draw.below(9_000_000)}.${10 + draw.below(90)}` : draw.pick(CAPITALS) + TEN_THOUSAND_YUAN,
    currency: draw.below(200) === 0 ? 'USD' : 'CNY',
    established_on: defect === 'establishedOn' ? draw.pick(PLACEHOLDER_DAYS) : isoDay(established),
    approved_on: isoDay(approved),
    expires_on: expires,
    term_from: defect === 'termFrom' ? draw.pick(IMPOSSIBLE_DAYS) : compact(isoDay(established)),
    status: defect === 'status' ? '8' : draw.pick(STATUS_WEIGHTS),
    entity_type: entityType,
    scope: scopeOf(draw, industry),
    updated_at: officeMoment(draw, isoDay(Math.max(approved, dayNumber('2019-01-01') + draw.below(2000)))),
  }
}
