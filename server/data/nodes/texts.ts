/** Words for what a node can be. */
import type { Labels } from '../../kernel/texts.ts'
import type { NodeState } from './contract.ts'

export const nodeStates = {
  awaiting_join: { zh: '待接入', en: 'Waiting to join' },
  awaiting_confirmation: { zh: '待核对指纹', en: 'Waiting for its fingerprint to be confirmed' },
  active: { zh: '已启用', en: 'Active' },
  revoked: { zh: '已吊销', en: 'Revoked' },
} satisfies Labels<NodeState>
