/** Applications for front-end machines and databases (前置机申请): asked for, approved, allocated, signed for, recovered. */
import { z } from 'zod'
import { command, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'

const One = z.object({ id: Id })
/** 1 前置机, 2 前置库. */
export const ApplicationKind = z.enum(['machine', 'database'])
export type ApplicationKind = z.infer<typeof ApplicationKind>
/** 1 外部数据中心区, 2 内部数据中心区, 3 业务数据库区. */
export const Area = z.enum(['external', 'internal', 'business'])
export type Area = z.infer<typeof Area>
export const ApplicationState = z.enum(['applied', 'withdrawn', 'rejected', 'approved', 'allocated', 'signed', 'recovered'])
export type ApplicationState = z.infer<typeof ApplicationState>

export const ApplicationWish = z.object({
  kind: ApplicationKind,
  area: Area,
  address: z.string().trim().min(2).max(200).meta({ description: 'where the department is' }),
  contact: z.string().trim().min(2).max(60),
  phone: z.string().trim().min(5).max(30),
  nodeName: z.string().trim().min(2).max(60),
  nodePort: z.int().min(1).max(65535),
  system: z.string().trim().min(2).max(100).meta({ description: 'the business system it serves' }),
  protection: z.int().min(1).max(5).meta({ description: '网络安全等级保护 of that system, 1 to 5' }),
  purpose: z.string().trim().min(4).max(1000),
})
export type ApplicationWish = z.infer<typeof ApplicationWish>

export const ApplicationStep = z.object({
  at: Moment,
  act: z.enum(['applied', 'approved', 'rejected', 'withdrawn', 'allocated', 'signed', 'recovered']),
  byName: z.string(),
  note: z.string(),
})
export type ApplicationStep = z.infer<typeof ApplicationStep>
export const ApplicationHead = z.object({
  id: Id,
  number: z.string(),
  unit: Id,
  unitName: z.string(),
  kind: ApplicationKind,
  area: Area,
  nodeName: z.string(),
  nodeIp: z.string().nullable(),
  nodePort: z.int(),
  protection: z.int(),
  state: ApplicationState,
  contact: z.string(),
  phone: z.string().meta({ description: 'masked in lists' }),
  appliedAt: Moment,
})
export type ApplicationHead = z.infer<typeof ApplicationHead>
export const ApplicationView = ApplicationHead.extend({
  address: z.string(),
  system: z.string(),
  purpose: z.string(),
  node: Id.nullable().meta({ description: 'the node it became' }),
  steps: z.array(ApplicationStep),
})
export type ApplicationView = z.infer<typeof ApplicationView>

/** How many of the applications one may see there are, of each state, kind and area. */
export const ApplicationFacets = z.object({
  state: z.record(ApplicationState, z.int()),
  kind: z.record(ApplicationKind, z.int()),
  area: z.record(Area, z.int()),
})

const ON_ONE = ['nodes.application_unknown', 'nodes.application_not_yours', 'nodes.application_state']
const Reason = z.string().trim().min(4).max(1000)

export const applicationEndpoints = {
  applyForNode: command('POST /nodes/applications', {
    summary: 'Apply for a front-end machine or database for one’s unit',
    right: 'nodes.apply',
    in: ApplicationWish,
    out: ApplicationView,
    refusals: ['nodes.application_open', 'nodes.name_taken'],
    personal: ['phone'],
  }),
  applications: query('GET /nodes/applications', {
    summary: 'Applications of one’s unit, or of the division to whoever allocates, with counts for narrowing; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({
      state: z.array(ApplicationState).optional(),
      kind: ApplicationKind.optional(),
      area: Area.optional(),
      text: z.string().trim().max(60).optional().meta({ description: 'part of a number, unit, node name, system or address' }),
    }),
    out: pageOf(ApplicationHead).extend({ facets: ApplicationFacets }),
  }),
  application: query('GET /nodes/applications/{id}', {
    summary: 'One application',
    right: SIGNED_IN,
    in: One,
    out: ApplicationView,
    refusals: ['nodes.application_unknown'],
  }),
  withdrawApplication: command('POST /nodes/applications/{id}/withdraw', {
    summary: 'Withdraw one’s own application before an address is allocated',
    right: 'nodes.apply',
    in: One.extend({ reason: z.string().trim().max(500).default('') }),
    out: ApplicationView,
    refusals: ON_ONE,
  }),
  approveApplication: command('POST /nodes/applications/{id}/approve', {
    summary: 'Approve an application',
    right: 'nodes.allocate',
    in: One.extend({ note: z.string().trim().max(500).default('') }),
    out: ApplicationView,
    refusals: ON_ONE,
  }),
  rejectApplication: command('POST /nodes/applications/{id}/reject', {
    summary: 'Reject an application with reasons',
    right: 'nodes.allocate',
    in: One.extend({ reason: Reason }),
    out: ApplicationView,
    refusals: ON_ONE,
  }),
  allocate: command('POST /nodes/applications/{id}/allocate', {
    summary: 'Allocate an address; it is that machine’s alone until it is recovered',
    right: 'nodes.allocate',
    in: One.extend({ ip: z.union([z.ipv4(), z.ipv6()]), port: z.int().min(1).max(65535), note: z.string().trim().max(500).default('') }),
    out: ApplicationView,
    refusals: [...ON_ONE, 'nodes.ip_taken', 'nodes.ip_unusable'],
  }),
  signFor: command('POST /nodes/applications/{id}/sign', {
    summary: 'Sign for what was allocated: prepares the node and answers its one-time token, or links a node that stands already',
    right: 'nodes.operate',
    in: One.extend({ node: Id.optional().meta({ description: 'a node of the unit that stands already; a new one is prepared where absent' }) }),
    out: z.object({ application: ApplicationView, token: z.string().nullable() }),
    refusals: [...ON_ONE, 'nodes.name_taken', 'nodes.unknown', 'nodes.wrong_state'],
  }),
  recover: command('POST /nodes/applications/{id}/recover', {
    summary: 'Recover what was allocated: its address is free again, its node is revoked and what goes through it stops',
    right: 'nodes.allocate',
    in: One.extend({ reason: Reason }),
    out: ApplicationView,
    refusals: ON_ONE,
  }),
  acknowledgeApplication: command('POST /nodes/applications/{id}/acknowledge', {
    summary: 'Take note that an application was rejected or recovered; the notice leaves the list of what waits',
    right: 'nodes.apply',
    in: One,
    out: z.object({}),
    refusals: ['nodes.application_unknown', 'nodes.application_not_yours'],
  }),
}
