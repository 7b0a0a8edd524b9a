/**
 * Organisations (体制保障): divisions, units, duties, people, posts, liaison officers, working groups.
 * Sources: GB/T 2260 and GB/T 10114 (division codes), GB 32100 (USCC). Duties (职责) are given to units, posts (岗位) to people.
 */
import { z } from 'zod'
import { command, event, Id, LocalDate, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN } from '../../kernel/contract.ts'

export const DivisionCode = z.string().regex(/^\d{6}(\d{3}){0,2}$/)
export const DivisionLevel = z.enum(['province', 'city', 'county', 'town', 'village'])
export type DivisionLevel = z.infer<typeof DivisionLevel>
export const Division = z.object({
  code: DivisionCode,
  name: z.string().min(1).max(60),
  level: DivisionLevel,
  parent: DivisionCode.nullable(),
  validFrom: LocalDate,
  validTo: LocalDate.nullable().meta({ description: 'the first day on which it stands no longer' }),
})
export type Division = z.infer<typeof Division>

export const UnitKind = z.enum(['department', 'government_office', 'institution', 'outside'])
export type UnitKind = z.infer<typeof UnitKind>
export const Unit = z.object({
  id: Id,
  uscc: z.string().length(18).meta({ description: 'unified social credit code, GB 32100' }),
  name: z.string().min(2).max(120),
  shortName: z.string().min(1).max(40),
  kind: UnitKind,
  division: DivisionCode,
  parent: Id.nullable(),
  closedOn: LocalDate.nullable(),
})
export type Unit = z.infer<typeof Unit>

export const Duty = z.object({ code: z.string().min(1).max(40), name: z.string().min(1).max(120), basis: z.string().max(500) })
export type Duty = z.infer<typeof Duty>

export const Person = z.object({
  id: Id,
  name: z.string().min(1).max(60),
  unit: Id,
  title: z.string().max(60).meta({ description: 'position as printed on a card' }),
  phone: z.string().max(30),
  leftOn: LocalDate.nullable(),
})
export type Person = z.infer<typeof Person>

/** How far the rights of a post reach: the unit of the appointment, its whole division, or everywhere. */
export const PostScope = z.enum(['unit', 'division', 'platform'])
export type PostScope = z.infer<typeof PostScope>
export const Side = z.enum(['business', 'system', 'security', 'audit'])
export type Side = z.infer<typeof Side>
export const Post = z.object({ code: z.string(), nameZh: z.string(), nameEn: z.string(), scope: PostScope, side: Side, rights: z.array(z.string()) })
export type Post = z.infer<typeof Post>

export const Appointment = z.object({ id: Id, person: Id, post: z.string(), unit: Id, since: LocalDate, until: LocalDate.nullable() }).meta({
  description: 'since: the first day; until: the day it was ended, null while it is in force',
})
export type Appointment = z.infer<typeof Appointment>

export const GroupMember = z.object({ unit: Id, role: z.enum(['lead', 'member']) })
export const WorkingGroup = z.object({
  id: Id,
  name: z.string().min(2).max(120),
  purpose: z.string().max(500),
  members: z.array(GroupMember).min(1),
  dissolvedOn: LocalDate.nullable(),
})
export type WorkingGroup = z.infer<typeof WorkingGroup>

export const refusals = {
  'organizations.unknown': {
    status: 404,
    text: {
      zh: '没有找到这条记录，可能已被合并或撤销。请刷新列表后重试。',
      en: 'This record does not exist; it may have been merged or closed. Refresh the list and try again.',
    },
  },
  'organizations.bad_uscc': {
    status: 422,
    params: z.object({ problem: z.enum(['length', 'alphabet', 'check']) }),
    text: {
      zh: '统一社会信用代码有误，请核对批准文件上的 18 位代码。',
      en: 'The unified social credit code is wrong. Check the 18 characters against the unit’s certificate.',
    },
  },
  'organizations.uscc_taken': {
    status: 409,
    constraint: 'unit_uscc_once',
    text: { zh: '该统一社会信用代码已登记给另一个单位。', en: 'Another unit is already registered with this unified social credit code.' },
  },
  'organizations.unit_closed': {
    status: 409,
    text: { zh: '该单位已撤销，请改选承接其职责的单位。', en: 'The unit is closed. Choose the unit that took over its duties.' },
  },
  'organizations.unit_cycle': {
    status: 409,
    text: { zh: '上级单位不能是本单位或其下级单位。', en: 'A unit cannot stand below itself or below one of its own units.' },
  },
  'organizations.person_left': {
    status: 409,
    text: { zh: '此人已离岗，不能再变更或任职。', en: 'This person has left and can neither be changed nor appointed.' },
  },
  'organizations.unit_in_use': {
    status: 409,
    params: z.object({ people: z.int() }),
    text: {
      zh: '该单位还有 {people} 名在岗人员，请先调整人员再撤销单位。',
      en: 'The unit still has {people} people in post. Move them before closing the unit.',
    },
  },
  'organizations.already_appointed': {
    status: 409,
    constraint: 'appointment_once',
    text: { zh: '此人已担任该岗位。', en: 'This person already holds the post there.' },
  },
  'organizations.sides_must_differ': {
    status: 409,
    constraint: 'appointment_separate_administrators',
    text: { zh: '系统管理员、安全管理员、审计管理员必须由不同的人担任。', en: 'System, security and audit administrators must be different people.' },
  },
  'organizations.own_appointment': {
    status: 403,
    text: { zh: '不能给自己任免岗位，请由另一名安全管理员办理。', en: 'Nobody may appoint or dismiss themselves. Another security administrator must do it.' },
  },
  'organizations.division_clash': {
    status: 409,
    constraint: 'division_valid_once',
    text: { zh: '该区划代码在这段时间内已存在。', en: 'A division with this code already exists in that period.' },
  },
  'organizations.division_wrong': {
    status: 422,
    params: z.object({ code: z.string(), problem: z.enum(['level', 'parent']) }),
    text: {
      zh: '区划代码 {code} 有误：层级应与代码一致，上级区划应当存在且层级更高。请核对后重新导入。',
      en: 'Division {code} is wrong: its level must be the one its code names, and its parent must exist and stand above it. Correct it and import again.',
    },
  },
  'organizations.duty_taken': { status: 409, constraint: 'unit_duty_once', text: { zh: '该单位已有这项职责。', en: 'The unit already has this duty.' } },
} satisfies Refusals

export const rights = {
  'organizations.maintain': { side: 'system', text: { zh: '维护区划、单位和人员', en: 'Maintain divisions, units and people' } },
  'organizations.appoint': { side: 'security', text: { zh: '任免岗位', en: 'Appoint to posts' } },
  'organizations.assign_duties': { side: 'business', text: { zh: '分配单位职责、组建工作专班', en: 'Assign duties and form working groups' } },
} satisfies Rights

/** Told when what a person may do has changed, so that open sessions take it up at once. */
export const AppointmentsChanged = event('organizations.appointments_changed', z.object({ person: Id }))
/** Told when a person has left: identity closes the account. */
export const PersonLeft = event('organizations.person_left', z.object({ person: Id }))

const common = ['organizations.unknown'] as const

export const contract = {
  divisions: query('GET /organizations/divisions', {
    summary: 'Divisions in force, by code; directly below one parent, only those at the top, or of given levels',
    right: SIGNED_IN,
    in: z.object({ parent: DivisionCode.optional(), top: z.boolean().default(false), levels: z.array(DivisionLevel).optional(), on: LocalDate.optional() }),
    out: z.array(Division),
  }),
  recordDivisions: command('POST /organizations/divisions', {
    summary: 'Record divisions of a yearly code revision; a code already in force is renamed from the given day, or ended on the day given as its end',
    right: 'organizations.maintain',
    in: z.object({
      divisions: z
        .array(Division.refine(({ validFrom, validTo }) => validTo === null || validFrom < validTo))
        .min(1)
        .max(5000),
    }),
    out: z.object({ recorded: z.int().meta({ description: 'those that were new or differed from what was in force' }) }),
    refusals: ['organizations.division_clash', 'organizations.division_wrong'],
  }),
  units: query('GET /organizations/units', {
    summary: 'Units of a division and those below it, found by name or code, by division and then name',
    right: SIGNED_IN,
    in: PageInput.extend({
      text: z.string().max(100).optional(),
      division: DivisionCode.optional(),
      kind: UnitKind.optional(),
      closed: z.boolean().default(false),
    }),
    out: pageOf(Unit.extend({ people: z.int(), divisionName: z.string() })),
  }),
  unitsById: query('GET /organizations/units/batch', {
    summary: 'Units by their ids, closed ones too; unknown ids are left out',
    right: SIGNED_IN,
    in: z.object({ ids: z.array(Id).max(1000) }),
    out: z.array(Unit),
  }),
  unit: query('GET /organizations/units/{id}', {
    summary: 'One unit with its duties, people, posts and working groups',
    right: SIGNED_IN,
    in: z.object({ id: Id }),
    out: z.object({
      unit: Unit,
      divisionName: z.string(),
      duties: z.array(Duty),
      people: z.array(Person.extend({ appointments: z.array(Appointment) })),
      groups: z.array(WorkingGroup),
    }),
    refusals: common,
  }),
  registerUnit: command('POST /organizations/units', {
    summary: 'Register a unit',
    right: 'organizations.maintain',
    in: Unit.omit({ id: true, closedOn: true }),
    out: Unit,
    refusals: ['organizations.bad_uscc', 'organizations.uscc_taken', 'organizations.unknown', 'organizations.unit_closed'],
  }),
  changeUnit: command('POST /organizations/units/{id}', {
    summary: 'Change a unit’s names, kind, division or parent',
    right: 'organizations.maintain',
    in: Unit.pick({ id: true, name: true, shortName: true, kind: true, division: true, parent: true }),
    out: Unit,
    refusals: ['organizations.unknown', 'organizations.unit_closed', 'organizations.unit_cycle'],
  }),
  closeUnit: command('POST /organizations/units/{id}/close', {
    summary: 'Close a unit that has nobody in post any more',
    right: 'organizations.maintain',
    in: Unit.pick({ id: true }),
    out: Unit,
    refusals: ['organizations.unknown', 'organizations.unit_closed', 'organizations.unit_in_use'],
  }),
  people: query('GET /organizations/people', {
    summary: 'People who have not left, found by name, by unit (as registered) and then name; telephones masked but for contacts',
    right: SIGNED_IN,
    in: PageInput.extend({ text: z.string().max(60).optional(), unit: Id.optional(), post: z.string().optional() }),
    out: pageOf(Person.extend({ unitName: z.string(), appointments: z.array(Appointment) })),
  }),
  peopleById: query('GET /organizations/people/batch', {
    summary: 'People by their ids; unknown ids are left out',
    right: SIGNED_IN,
    in: z.object({ ids: z.array(Id).max(1000) }),
    out: z.array(Person),
  }),
  addPerson: command('POST /organizations/people', {
    summary: 'Add a person to a unit',
    right: 'organizations.maintain',
    in: Person.omit({ id: true, leftOn: true }),
    out: Person,
    refusals: ['organizations.unknown', 'organizations.unit_closed'],
    personal: ['phone'],
  }),
  changePerson: command('POST /organizations/people/{id}', {
    summary: 'Change a person’s name, unit, title or phone; moving ends the appointments in the unit left',
    right: 'organizations.maintain',
    in: Person.omit({ leftOn: true }),
    out: Person,
    refusals: ['organizations.unknown', 'organizations.unit_closed', 'organizations.person_left'],
    personal: ['phone'],
  }),
  personLeaves: command('POST /organizations/people/{id}/leave', {
    summary: 'Record that a person leaves: every appointment ends, the account closes',
    right: 'organizations.maintain',
    in: Person.pick({ id: true }),
    out: Person,
    refusals: ['organizations.unknown', 'organizations.person_left'],
  }),
  posts: query('GET /organizations/posts', { summary: 'All posts with their rights', right: SIGNED_IN, in: z.object({}), out: z.array(Post) }),
  liaisons: query('GET /organizations/liaisons', {
    summary: 'Who holds a post in which units today (liaison officers, where no post is named)',
    right: SIGNED_IN,
    in: z.object({ post: z.string().default('liaison'), units: z.array(Id).max(1000).optional() }),
    out: z.array(z.object({ unit: Id, person: Person })),
  }),
  appoint: command('POST /organizations/appointments', {
    summary: 'Appoint a person to a post in a unit',
    right: 'organizations.appoint',
    in: Appointment.pick({ person: true, post: true, unit: true }),
    out: Appointment,
    refusals: [
      'organizations.unknown',
      'organizations.unit_closed',
      'organizations.person_left',
      'organizations.already_appointed',
      'organizations.sides_must_differ',
      'organizations.own_appointment',
    ],
  }),
  dismiss: command('POST /organizations/appointments/{id}/end', {
    summary: 'End an appointment today',
    right: 'organizations.appoint',
    in: Appointment.pick({ id: true }),
    out: Appointment,
    refusals: ['organizations.unknown', 'organizations.own_appointment'],
  }),
  holdings: query('GET /organizations/people/{person}/holdings', {
    summary: 'The person with the rights that follow from the appointments in force, and where each holds',
    right: 'organizations.appoint',
    in: z.object({ person: Id }),
    out: z.object({
      person: Person,
      unit: Unit,
      holdings: z.array(z.object({ right: z.string(), unit: Id.optional(), division: DivisionCode.optional() })),
      posts: z.array(z.string()),
    }),
    refusals: common,
  }),
  duties: query('GET /organizations/duties', {
    summary: 'All duties and the units that have them',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.array(Duty.extend({ units: z.array(Id) })),
  }),
  assignDuty: command('POST /organizations/duties', {
    summary: 'Give a unit a duty, with the document it follows from; the duty is made where its code is new, a known one keeps its name',
    right: 'organizations.assign_duties',
    in: Duty.extend({ unit: Id }),
    out: Duty,
    refusals: ['organizations.unknown', 'organizations.unit_closed', 'organizations.duty_taken'],
  }),
  relieveDuty: command('POST /organizations/duties/{code}/relieve', {
    summary: 'Take a duty from a unit',
    right: 'organizations.assign_duties',
    in: z.object({ code: z.string(), unit: Id }),
    out: z.object({}),
    refusals: common,
  }),
  groups: query('GET /organizations/groups', {
    summary: 'Working groups not dissolved, by name',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.array(WorkingGroup),
  }),
  formGroup: command('POST /organizations/groups', {
    summary: 'Form a working group',
    right: 'organizations.assign_duties',
    in: WorkingGroup.omit({ id: true, dissolvedOn: true })
      .refine(({ members }) => members.some(({ role }) => role === 'lead'), { path: ['members'], error: 'one unit must lead' })
      .refine(({ members }) => new Set(members.map(({ unit }) => unit)).size === members.length, { path: ['members'], error: 'a unit is a member once' }),
    out: WorkingGroup,
    refusals: ['organizations.unknown', 'organizations.unit_closed'],
  }),
  dissolveGroup: command('POST /organizations/groups/{id}/dissolve', {
    summary: 'Dissolve a working group',
    right: 'organizations.assign_duties',
    in: z.object({ id: Id }),
    out: WorkingGroup,
    refusals: common,
  }),
}
