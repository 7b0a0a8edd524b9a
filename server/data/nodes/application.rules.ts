/** Pure: what an application's history makes of it, which acts its state allows, and which addresses can be a machine's. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import type { ApplicationState } from './application.contract.ts'

export type ApplicationTimes = {
  withdrawnAt: Moment | null
  rejectedAt: Moment | null
  approvedAt: Moment | null
  allocatedAt: Moment | null
  signedAt: Moment | null
  recoveredAt: Moment | null
}

export function stateOfApplication({ withdrawnAt, rejectedAt, approvedAt, allocatedAt, signedAt, recoveredAt }: ApplicationTimes): ApplicationState {
  if (withdrawnAt) return 'withdrawn'
  if (rejectedAt) return 'rejected'
  if (recoveredAt) return 'recovered'
  if (signedAt) return 'signed'
  if (allocatedAt) return 'allocated'
  return approvedAt ? 'approved' : 'applied'
}

/** 申请 → 审核 → 分配 → 签收 → 回收: in which states each act is possible. */
export const applicationActs = {
  withdraw: ['applied', 'approved'],
  approve: ['applied'],
  reject: ['applied', 'approved'],
  allocate: ['approved'],
  sign: ['allocated'],
  recover: ['allocated', 'signed'],
} as const satisfies Record<string, readonly ApplicationState[]>
export type ApplicationAct = keyof typeof applicationActs

export function applicationAllows(state: ApplicationState, act: ApplicationAct): boolean {
  return applicationActs[act].some((one) => one === state)
}

/** Whether an address can be one machine's: neither unspecified, loopback, link-local, multicast nor broadcast. */
export function usableAddress(ip: string): boolean {
  if (ip.includes(':')) return !/^(::1?|::ffff:.*|0*(:0*)*:0*1?|f[ef].*)$/i.test(ip)
  const [first = 0, second = 0] = ip.split('.').map(Number)
  return first > 0 && first !== 127 && first < 224 && !(first === 169 && second === 254)
}
