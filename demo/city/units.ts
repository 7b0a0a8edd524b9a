/** The departments of the city and a few of their counterparts in the counties. */
import type { UnitKind } from '@zhenghe/server/assurance/organizations/contract.ts'
import { creditCode } from './credit-codes.ts'
import { CITY, counties } from './divisions.ts'

export type Unit = {
  /** How the rest of the demonstration refers to it; county units are named after their division: `data_bureau_379902`. */
  key: string
  /** Unified social credit code: the only identity a government department has (standards: it begins with 11, institutions with 12). */
  uscc: string
  name: string
  shortName: string
  division: string
  kind: UnitKind
  /** The key of the unit that leads it in its line of business; null for units of the city. */
  superior: string | null
}

/** The first two characters of its credit code: registered with the establishment office, organ or institution. */
const CODE_KIND = { department: '11', government_office: '11', institution: '12' } as const

const CITY_UNITS = {
  government_office: ['人民政府办公室', '府办公室', 'government_office'],
  data_bureau: ['大数据局', '大数据局', 'department'],
  development_reform: ['发展和改革委员会', '发改委', 'department'],
  education: ['教育局', '教育局', 'department'],
  science: ['科学技术局', '科技局', 'department'],
  industry: ['工业和信息化局', '工信局', 'department'],
  public_security: ['公安局', '公安局', 'department'],
  civil_affairs: ['民政局', '民政局', 'department'],
  justice: ['司法局', '司法局', 'department'],
  finance: ['财政局', '财政局', 'department'],
  human_resources: ['人力资源和社会保障局', '人社局', 'department'],
  natural_resources: ['自然资源和规划局', '自然资源局', 'department'],
  ecology: ['生态环境局', '生态环境局', 'department'],
  housing: ['住房和城乡建设局', '住建局', 'department'],
  transport: ['交通运输局', '交通局', 'department'],
  water: ['水利局', '水利局', 'department'],
  agriculture: ['农业农村局', '农业农村局', 'department'],
  culture: ['文化和旅游局', '文旅局', 'department'],
  health: ['卫生健康委员会', '卫健委', 'department'],
  veterans: ['退役军人事务局', '退役军人局', 'department'],
  emergency: ['应急管理局', '应急局', 'department'],
  audit: ['审计局', '审计局', 'department'],
  approval: ['行政审批服务局', '审批服务局', 'department'],
  market_supervision: ['市场监督管理局', '市场监管局', 'department'],
  statistics: ['统计局', '统计局', 'department'],
  medical_insurance: ['医疗保障局', '医保局', 'department'],
  taxation: ['税务局', '税务局', 'department'],
  housing_fund: ['住房公积金管理中心', '公积金中心', 'institution'],
} as const satisfies Record<string, readonly [name: string, shortName: string, kind: keyof typeof CODE_KIND]>

export type CityUnitKey = keyof typeof CITY_UNITS

/** Lines of business that the demonstration also has in every county. */
const COUNTY_LINES = ['data_bureau', 'market_supervision', 'civil_affairs', 'approval'] as const satisfies readonly CityUnitKey[]

const cityUnits = Object.entries(CITY_UNITS).map(
  ([key, [name, shortName, kind]], index): Unit => ({
    key,
    uscc: creditCode(CODE_KIND[kind], CITY.code, 'B', index),
    // The tax office belongs to the state administration and is named so.
    name: key === 'taxation' ? `国家税务总局${CITY.name}${name}` : CITY.name + name,
    shortName: `市${shortName}`,
    division: CITY.code,
    kind,
    superior: null,
  }),
)

const countyUnits = counties.flatMap((county, countyIndex) =>
  COUNTY_LINES.map((line, lineIndex): Unit => {
    const [name, shortName, kind] = CITY_UNITS[line]
    const index = cityUnits.length + countyIndex * COUNTY_LINES.length + lineIndex
    return {
      key: `${line}_${county.code}`,
      uscc: creditCode(CODE_KIND[kind], county.code, 'B', index),
      name: county.name + name,
      shortName: county.name + shortName,
      division: county.code,
      kind,
      superior: line,
    }
  }),
)

/** The city's units, then the counties'. */
export const units: readonly Unit[] = [...cityUnits, ...countyUnits]

/** The unit of that key. Throws where there is none: a key is always written in code. */
export function unitOf(key: string): Unit {
  const unit = units.find((candidate) => candidate.key === key)
  if (!unit) throw new Error(`no unit of the demonstration city has the key ${key}`)
  return unit
}
