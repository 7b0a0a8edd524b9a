/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { ChannelState, ChannelStep, Often, Way } from './channel.contract.ts'
import type { SheetFault, SheetField } from './sheet.contract.ts'

export const channelStates = {
  registered: { zh: '已登记', en: 'Listed' },
  confirmed: { zh: '已确认', en: 'Confirmed' },
  planned: { zh: '迁移计划', en: 'Move planned' },
  migrating: { zh: '迁移中', en: 'Moving' },
  parallel: { zh: '已并行', en: 'In parallel' },
  closed: { zh: '已关闭', en: 'Closed' },
  retained: { zh: '保留', en: 'Kept' },
  withdrawn: { zh: '已作废', en: 'Taken off' },
} satisfies Labels<ChannelState>

export const channelSteps = {
  registered: { zh: '登记渠道', en: 'Listed' },
  revised: { zh: '修改登记', en: 'Corrected' },
  confirmed: { zh: '确认渠道', en: 'Confirmed' },
  reconfirmed: { zh: '年度确认', en: 'Confirmed for the year' },
  planned: { zh: '制定迁移计划', en: 'Move planned' },
  begun: { zh: '开始迁移', en: 'Move begun' },
  parallel: { zh: '开始并行', en: 'In parallel' },
  closed: { zh: '关闭渠道', en: 'Closed' },
  reopened: { zh: '重新打开', en: 'Opened again' },
  retention_asked: { zh: '申请保留', en: 'Asked to be kept' },
  retained: { zh: '批准保留', en: 'Kept' },
  retention_refused: { zh: '不予保留', en: 'Not kept' },
  retention_ended: { zh: '保留期满', en: 'Time of keeping over' },
  withdrawn: { zh: '作废登记', en: 'Taken off' },
} satisfies Labels<ChannelStep['act']>

export const ways = {
  manual: { zh: '人工拷贝/U盘', en: 'By hand or USB stick' },
  mail: { zh: '邮件', en: 'Mail' },
  ftp: { zh: 'FTP', en: 'FTP' },
  database_link: { zh: '数据库直连', en: 'Direct database link' },
  own_api: { zh: '自建接口', en: 'Own API' },
  vertical_system: { zh: '上级垂直系统', en: 'System of a higher level' },
  other_platform: { zh: '其他平台', en: 'Another platform' },
} satisfies Labels<Way>

export const oftens = {
  realtime: { zh: '实时', en: 'At once' },
  daily: { zh: '每日', en: 'Daily' },
  weekly: { zh: '每周', en: 'Weekly' },
  monthly: { zh: '每月', en: 'Monthly' },
  quarterly: { zh: '每季度', en: 'Quarterly' },
  yearly: { zh: '每年', en: 'Yearly' },
  irregular: { zh: '不定期', en: 'Irregular' },
} satisfies Labels<Often>

export const sheetFields = {
  provider: { zh: '提供单位', en: 'Provider' },
  consumer: { zh: '使用单位', en: 'Consumer' },
  content: { zh: '数据内容', en: 'Content' },
  way: { zh: '方式', en: 'Way' },
  sinceOn: { zh: '开始日期', en: 'Since' },
  often: { zh: '频率', en: 'Often' },
  rowsMonth: { zh: '每月行数', en: 'RowsMonth' },
  mbMonth: { zh: '每月MB', en: 'MbMonth' },
  personal: { zh: '是否含个人信息', en: 'Personal' },
  basis: { zh: '依据', en: 'Basis' },
  contact: { zh: '联系人', en: 'Contact' },
  phone: { zh: '联系电话', en: 'Phone' },
  system: { zh: '来源系统', en: 'System' },
  note: { zh: '备注', en: 'Note' },
} satisfies Labels<SheetField>

export const sheetFaults = {
  missing: { zh: '未填写', en: 'is missing' },
  too_long: { zh: '过长', en: 'is too long' },
  unknown_unit: {
    zh: '平台没有这个单位；上级系统请把方式填为“上级垂直系统”',
    en: 'is no unit of the platform; for a higher level choose «System of a higher level»',
  },
  ambiguous_unit: { zh: '有多个同名单位，请填写全称或统一社会信用代码', en: 'names several units; give the full name or the credit code' },
  own_unit: { zh: '提供单位不能是本单位', en: 'cannot be your own unit' },
  not_your_unit: { zh: '只能登记本单位使用的渠道', en: 'is not your unit' },
  bad_way: { zh: '方式不在范围内', en: 'is no known way' },
  bad_date: { zh: '日期不存在或无法识别，应为 2024-03-05', en: 'is no day; write 2024-03-05' },
  future_date: { zh: '日期晚于今天', en: 'lies after today' },
  bad_often: { zh: '频率不在范围内', en: 'is no known frequency' },
  bad_number: { zh: '应为不小于 0 的数字', en: 'is not a number from 0 up' },
  bad_yes_no: { zh: '应填写“是”或“否”', en: 'is neither yes nor no' },
  twice_in_sheet: { zh: '与上面的行重复', en: 'repeats a row above' },
  already_listed: { zh: '已登记过相同渠道', en: 'is listed already' },
  no_agreement: { zh: '该外部单位没有生效的合作协议', en: 'has no agreement in force' },
} satisfies Labels<SheetFault>
