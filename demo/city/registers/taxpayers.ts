/** The register of taxpayers: `tax.taxpayer` of the database `taxation`. Its subjects are every fifth enterprise of market supervision. */
import { isoDay, LAST_DAY, officeMoment } from '../days.ts'
import { counties } from '../divisions.ts'
import { Draw, weighted } from '../random.ts'
import { legalEntityAt, soundUsccAt } from './legal-entities.ts'
import { code, date, moment, type Table, text } from './table.ts'

export type TaxpayerRow = {
  taxpayer_id: string
  name: string
  tax_office: string
  taxpayer_kind: string
  credit_grade: string
  state: string
  registered_on: string
  updated_at: string
}

export const taxpayerTable: Table<keyof TaxpayerRow> = {
  schema: 'tax',
  name: 'taxpayer',
  title: '税务登记信息',
  columns: [
    { name: 'taxpayer_id', title: '纳税人识别号', ...text(18), key: true, note: 'GB 32100' },
    { name: 'name', title: '纳税人名称', ...text(200) },
    { name: 'tax_office', title: '主管税务机关代码', ...code(11) },
    { name: 'taxpayer_kind', title: '增值税纳税人类型', ...code(1), note: '1 一般纳税人 2 小规模纳税人' },
    { name: 'credit_grade', title: '纳税信用等级', ...code(1), note: 'A B M C D' },
    { name: 'state', title: '纳税人状态', ...code(2), note: '03 正常 05 非正常 07 注销' },
    { name: 'registered_on', title: '登记日期', ...date },
    { name: 'updated_at', title: '更新时间', ...moment },
  ],
}

const STREAM = 41
const SHARE_OF_ENTERPRISES = 5
const GRADES = weighted([
  ['B', 50],
  ['A', 18],
  ['M', 22],
  ['C', 7],
  ['D', 3],
])
const STATES = weighted([
  ['03', 90],
  ['05', 4],
  ['07', 6],
])

const draw = new Draw()

/** The row of that number, the same for ever; this register is clean. */
export function taxpayerAt(index: number): TaxpayerRow {
  const enterprise = index * SHARE_OF_ENTERPRISES
  const { name } = legalEntityAt(enterprise)
  draw.begin(STREAM, index)
  const registered = LAST_DAY - draw.below(6000)
  return {
    taxpayer_id: soundUsccAt(enterprise),
    name,
    tax_office: `1${counties[enterprise % counties.length]!.code}0000`,
    taxpayer_kind: draw.below(10) < 3 ? '1' : '2',
    credit_grade: draw.pick(GRADES),
    state: draw.pick(STATES),
    registered_on: isoDay(registered),
    updated_at: officeMoment(draw, isoDay(registered + draw.below(LAST_DAY - registered + 1))),
  }
}
