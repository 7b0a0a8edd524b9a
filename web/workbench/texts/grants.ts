/** Words of requests, answers and grants. */
import type { Labels, Text } from '@zhenghe/server/kernel/texts.ts'
import type { Mask, Rule } from '@zhenghe/wire/documents.ts'

/** Why a row was rejected, by the rule it broke. */
export const ruleReasons = {
  notNull: { zh: '不能为空', en: 'must not be empty' },
  uscc: { zh: '统一社会信用代码不正确', en: 'is no valid social credit code' },
  residentId: { zh: '公民身份号码不正确', en: 'is no valid identity number' },
  length: { zh: '长度不符', en: 'has the wrong length' },
  digits: { zh: '应全为数字', en: 'must be digits only' },
  oneOf: { zh: '不在代码表中', en: 'is not in the code table' },
  dateBetween: { zh: '日期超出合理范围', en: 'is a date out of range' },
} satisfies Labels<Rule['kind']>

export const maskKinds = {
  name: { zh: '姓名脱敏（张**）', en: 'Name (张**)' },
  middle: { zh: '保留首尾', en: 'Keep head and tail' },
  fixed: { zh: '统一替换', en: 'One constant text' },
  null: { zh: '置空', en: 'Empty' },
  year: { zh: '只留年份', en: 'Year only' },
} satisfies Labels<Mask['kind']>

export const ruleKinds = {
  notNull: { zh: '不能为空', en: 'Not empty' },
  uscc: { zh: '统一社会信用代码校验', en: 'Social credit code' },
  residentId: { zh: '公民身份号码校验', en: 'Identity number' },
  length: { zh: '长度范围', en: 'Length' },
  digits: { zh: '全为数字', en: 'Digits only' },
  oneOf: { zh: '在代码表内', en: 'In the code table' },
  dateBetween: { zh: '日期范围', en: 'Date range' },
} satisfies Labels<Rule['kind']>
