/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { AgreementState, AgreementStep } from './contract.ts'

export const agreementStates = {
  draft: { zh: '草拟', en: 'Draft' },
  not_yet: { zh: '已签未生效', en: 'Signed, not yet in force' },
  in_force: { zh: '生效中', en: 'In force' },
  expiring: { zh: '即将到期', en: 'Ends soon' },
  expired: { zh: '已到期', en: 'Expired' },
  terminated: { zh: '已终止', en: 'Terminated' },
  discarded: { zh: '已作废', en: 'Discarded' },
} satisfies Labels<AgreementState>

export const agreementSteps = {
  drafted: { zh: '草拟协议', en: 'Drafted' },
  revised: { zh: '修改草稿', en: 'Draft changed' },
  signed: { zh: '登记签署', en: 'Signed' },
  terminated: { zh: '终止协议', en: 'Terminated' },
  discarded: { zh: '作废草稿', en: 'Discarded' },
} satisfies Labels<AgreementStep['act']>
