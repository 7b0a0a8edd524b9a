/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { DataElement, ItemType } from './contract.ts'

export const itemTypes = {
  C: { zh: '字符型', en: 'Text' },
  N: { zh: '数值型', en: 'Number' },
  Y: { zh: '货币型', en: 'Money' },
  D: { zh: '日期型', en: 'Date' },
  T: { zh: '日期时间型', en: 'Date and time' },
  L: { zh: '逻辑型', en: 'Yes or no' },
  M: { zh: '备注型', en: 'Long text' },
  G: { zh: '通用型', en: 'Binary' },
  B: { zh: '双精度型', en: 'Double precision' },
  I: { zh: '整型', en: 'Whole number' },
  F: { zh: '浮点型', en: 'Floating point' },
} satisfies Labels<ItemType>

export const elementRules = {
  none: { zh: '无', en: 'None' },
  uscc: { zh: '统一社会信用代码校验', en: 'Unified social credit code' },
  resident_id: { zh: '公民身份号码校验', en: 'Resident identity number' },
  organization_code: { zh: '组织机构代码校验', en: 'Organisation code' },
  division: { zh: '行政区划代码校验', en: 'Division code' },
} satisfies Labels<DataElement['rule']>
