/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { AccessState } from './access.contract.ts'
import type { BreakerState, VersionState } from './api.contract.ts'
import type { GeneratedOperation } from './definition.contract.ts'
import type { CallLine } from './usage.contract.ts'

export const versionStates = {
  draft: { zh: '草稿', en: 'Draft' },
  published: { zh: '已发布', en: 'Published' },
  deprecated: { zh: '将停用', en: 'Deprecated' },
  withdrawn: { zh: '已停用', en: 'Withdrawn' },
} satisfies Labels<VersionState>

export const accessStates = {
  waiting: { zh: '待答复', en: 'Waiting for an answer' },
  in_force: { zh: '有效', en: 'In force' },
  not_yet: { zh: '未生效', en: 'Not in force yet' },
  expired: { zh: '已到期', en: 'Expired' },
  refused: { zh: '未同意', en: 'Refused' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  revoked: { zh: '已撤销', en: 'Revoked' },
} satisfies Labels<AccessState>

export const breakerStates = {
  closed: { zh: '正常', en: 'Closed (working)' },
  open: { zh: '已熔断', en: 'Open (calls refused)' },
  half_open: { zh: '试探恢复', en: 'Half open (trying)' },
} satisfies Labels<BreakerState>

export const apiKinds = {
  registered: { zh: '登记接口', en: 'Registered' },
  generated: { zh: '目录生成', en: 'Generated' },
} satisfies Labels<'registered' | 'generated'>

export const questionKinds = {
  byKey: { zh: '按主键查一条', en: 'One row by key' },
  find: { zh: '按条件查询', en: 'Find by filter' },
  batch: { zh: '批量查询', en: 'Batch of keys' },
  verify: { zh: '核验（只答是否）', en: 'Verify (yes or no)' },
} satisfies Labels<GeneratedOperation['question']['kind']>

export const callKinds = {
  live: { zh: '实际调用', en: 'Live' },
  cached: { zh: '缓存', en: 'Cached' },
  mock: { zh: '模拟', en: 'Mock' },
} satisfies Labels<CallLine['how']>
