/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { GeneratedOperation } from './definition.contract.ts'
import type { CallLine } from './usage.contract.ts'

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
