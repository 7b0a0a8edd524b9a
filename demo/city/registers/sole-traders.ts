/** The register of sole traders of market supervision: `registration.sole_trader` of the database `market_supervision`. */
import { businessAddress, placeIn } from '../addresses.ts'
import { creditCode, withWrongCheck } from '../credit-codes.ts'
import { isoDay, LAST_DAY, officeMoment } from '../days.ts'
import { counties } from '../divisions.ts'
import { shops } from '../industries.ts'
import { mobileNumber, shopName } from '../names.ts'
import { Draw, weighted } from '../random.ts'
import { defectOf, type Schedule } from './defects.ts'
import { adultNear, REPRESENTATIVES } from './residents.ts'
import { code, date, moment, type Table, text } from './table.ts'

export type SoleTraderRow = {
  uscc: string
  name: string
  operator_name: string
  operator_id: string
  phone: string
  address: string
  division_code: string
  industry_code: string
  employees: number
  established_on: string
  status: string
  updated_at: string
}

/** 登记状态: the code table of the column `status`. */
export const soleTraderStatuses = { '1': '存续', '2': '吊销', '4': '注销' } as const

export const soleTraderTable: Table<keyof SoleTraderRow> = {
  schema: 'registration',
  name: 'sole_trader',
  title: '个体工商户登记信息',
  columns: [
    { name: 'uscc', title: '统一社会信用代码', ...text(18), key: true, note: 'GB 32100' },
    { name: 'name', title: '字号名称', ...text(200) },
    { name: 'operator_name', title: '经营者姓名', ...text(60), sensitive: true },
    { name: 'operator_id', title: '经营者证件号码', ...text(18), sensitive: true, note: 'GB 11643' },
    { name: 'phone', title: '联系电话', ...text(20), sensitive: true },
    { name: 'address', title: '经营场所', ...text(200) },
    { name: 'division_code', title: '经营场所所属乡镇街道代码', ...code(9), note: 'GB/T 10114' },
    { name: 'industry_code', title: '行业代码', ...text(5), note: 'GB/T 4754' },
    { name: 'employees', title: '从业人数', type: 'integer', item: 'I', length: 10 },
    { name: 'established_on', title: '成立日期', ...date },
    { name: 'status', title: '登记状态', ...text(2), note: '1 存续 2 吊销 4 注销' },
    { name: 'updated_at', title: '更新时间', ...moment },
  ],
}

export type SoleTraderDefect = 'usccCheck' | 'status'

/** 1 % of the credit codes have a wrong check character (rule uscc), 0.2 % of the rows a status its code table does not hold (rule oneOf). */
export const soleTraderDefects: Schedule<SoleTraderDefect> = {
  usccCheck: { every: 100, at: 59 },
  status: { every: 500, at: 227 },
}

const STREAM = 31
const STATUS_WEIGHTS = weighted([
  ['1', 84],
  ['2', 2],
  ['4', 14],
])

const draw = new Draw()

/** The row of that number, the same for ever. */
export function soleTraderAt(index: number): SoleTraderRow {
  const defect = defectOf(soleTraderDefects, index)
  const county = counties[index % counties.length]!
  const uscc = creditCode('92', county.code, 'C', index)
  draw.begin(STREAM, index)
  const [shop, industryCode] = draw.pick(shops)
  const place = placeIn(draw, county)
  const operator = adultNear(draw.below(REPRESENTATIVES))
  const established = LAST_DAY - draw.below(7000)
  return {
    uscc: defect === 'usccCheck' ? withWrongCheck(uscc) : uscc,
    name: shopName(draw, county.name, shop),
    operator_name: operator.name,
    operator_id: operator.idNumber,
    phone: mobileNumber(draw),
    address: businessAddress(draw, place),
    division_code: place.town.code,
    industry_code: industryCode,
    employees: 1 + Math.floor((draw.below(5) * draw.below(5)) / 3),
    established_on: isoDay(established),
    status: defect === 'status' ? '0' : draw.pick(STATUS_WEIGHTS),
    updated_at: officeMoment(draw, isoDay(established + draw.below(LAST_DAY - established + 1))),
  }
}
