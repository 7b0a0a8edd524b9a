/**
 * The class tree of the catalogue: 类, 项, 目, 细目. The guide (发改高技〔2017〕1272号) names 类 and 项; 目 and 细目 are the platform's to decide.
 */
import type { CatalogClass } from '@zhenghe/server/data/catalog/contract.ts'
import { type CityUnitKey, units } from '../units.ts'

const THEMES: Readonly<Record<string, readonly [name: string, ...headings: string[]]>> = {
  '101': ['国家人口', '户籍与身份', '婚姻与家庭', '健康与出生', '就业与社会保障', '教育与资格'],
  '102': ['法人单位', '企业', '个体工商户与合作社', '社会组织', '机关与事业单位', '纳税与经营'],
  '103': ['自然资源和空间地理', '行政区划与地名', '土地与不动产', '国土空间规划', '基础测绘'],
  '104': ['社会信用', '双公示', '信用评价', '失信与修复'],
  '105': ['电子证照', '法人证照', '自然人证照', '项目与设施证照'],
  '106': ['宏观经济', '综合统计', '财政与金融', '产业与投资'],
  '201': ['公共服务', '政务服务', '文化与旅游', '便民设施'],
  '202': ['健康保障', '医疗服务', '医疗保险', '公共卫生'],
  '203': ['社会保障', '社会保险', '社会救助', '优抚安置', '住房保障'],
  '204': ['食品药品安全', '食品安全', '药品安全'],
  '205': ['安全生产', '企业安全', '特种设备', '危险化学品'],
  '206': ['价格监管', '价格监测', '收费管理'],
  '207': ['能源安全', '能源供应', '能源消费'],
  '208': ['信用体系', '行业信用', '守信激励'],
  '209': ['城乡建设', '工程建设', '城市管理', '交通设施', '水利设施'],
  '210': ['社区治理', '社区与村', '养老服务'],
  '211': ['生态环保', '环境质量', '污染防治', '生态与农业'],
  '212': ['应急维稳', '应急资源', '灾害与事故', '公共安全'],
}
const DETAILS = ['基本信息', '业务办理', '监督管理', '统计与公示'] as const
const DEPARTMENT_THEME = '307'

const pad = (value: number, length: number) => String(value).padStart(length, '0')

const KINDS: Readonly<Record<string, CatalogClass['kind']>> = { '1': 'base', '2': 'theme', '3': 'department' }
/** Where a code of that many digits ends one level up. */
const PARENT_LENGTH: Readonly<Record<number, number>> = { 3: 1, 6: 3, 8: 6 }

function classOf(code: string, name: string): CatalogClass {
  const parentLength = PARENT_LENGTH[code.length]
  return { code, name, kind: KINDS[code.charAt(0)]!, parent: parentLength ? code.slice(0, parentLength) : null }
}

function withDetails(code: string, name: string): CatalogClass[] {
  return [classOf(code, name), ...DETAILS.map((detail, index) => classOf(code + pad(index + 1, 2), detail))]
}

const cityUnits = units.filter((unit) => unit.superior === null)

const departmentHeadings = cityUnits.flatMap((unit, index) => withDetails(DEPARTMENT_THEME + pad(index + 1, 3), unit.name))

/** The 目 in which that unit's own business stands: six digits. */
export function headingOf(unit: CityUnitKey): string {
  return DEPARTMENT_THEME + pad(cityUnits.findIndex(({ key }) => key === unit) + 1, 3)
}

/** Every class before those below it. */
export const classes: readonly CatalogClass[] = [
  classOf('1', '基础信息资源'),
  classOf('2', '主题信息资源'),
  classOf('3', '部门信息资源'),
  ...Object.entries(THEMES).flatMap(([code, [name, ...headings]]) => [
    classOf(code, name),
    ...headings.flatMap((heading, index) => withDetails(code + pad(index + 1, 3), heading)),
  ]),
  classOf(DEPARTMENT_THEME, '省（区、市）及以下部门'),
  ...departmentHeadings,
]
