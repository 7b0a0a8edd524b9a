/**
 * Objections (异议与校核): doubts about an entry, an answer, a delivery or its data, passed on, answered within the legal clock, and rated.
 * Sources: 国务院令第809号 arts 26–27 (校核纠错, 争议), 国发〔2016〕51号 (疑义、错误信息快速校核); kinds, fields and states as in the national template.
 */
import { z } from 'zod'
import { ClockView } from '../../kernel/clock/contract.ts'
import { command, event, Id, Moment, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN, type Todos } from '../../kernel/contract.ts'

/** 1 目录纠错, 2 资源申请异议, 3 资源使用异议, 4 其他. */
export const ObjectionKind = z.enum(['catalogue', 'application', 'use', 'other'])
export type ObjectionKind = z.infer<typeof ObjectionKind>
/** What exactly: of an application 审批时长, 审批意见, 其他; of a use 服务响应能力, 数据质量, 其他; of the other kinds 其他 alone. */
export const Topic = z.enum(['duration', 'opinion', 'response', 'quality', 'other'])
export type Topic = z.infer<typeof Topic>
export const SubjectKind = z.enum(['entry', 'request', 'delivery', 'quarantine'])
export type SubjectKind = z.infer<typeof SubjectKind>
export const ObjectionState = z.enum(['review', 'rejected', 'withdrawn', 'handling', 'answered', 'rated', 'failed'])
export type ObjectionState = z.infer<typeof ObjectionState>
/** What came of it: put right, right as it is, or explained where nothing was to be put right. */
export const Outcome = z.enum(['mended', 'right_as_it_is', 'explained'])
export type Outcome = z.infer<typeof Outcome>

export const Subject = z.object({ kind: SubjectKind, id: Id })
export type Subject = z.infer<typeof Subject>
/** One value that is doubted: the row by its key, the item, and what is wrong with it. */
export const DoubtedRow = z.object({
  key: z.string().trim().min(1).max(200),
  field: z.string().trim().min(1).max(120),
  problem: z.string().trim().min(2).max(300),
})
export type DoubtedRow = z.infer<typeof DoubtedRow>
export const MOST_ROWS = 200

export const LARGEST_ATTACHMENT_BYTES = 10 * 1024 * 1024
const BASE64_OF_LARGEST = Math.ceil(LARGEST_ATTACHMENT_BYTES / 3) * 4
const BODY_BYTES = BASE64_OF_LARGEST + 1024 * 1024
export const Attachment = z.object({ name: z.string(), type: z.string(), bytes: z.int(), digest: z.string().meta({ description: 'SHA-256, hex' }) })
export type Attachment = z.infer<typeof Attachment>

export const Raising = z.object({
  kind: ObjectionKind,
  topic: Topic.default('other'),
  title: z.string().trim().min(4).max(100),
  basis: z.string().trim().max(1000).default(''),
  description: z.string().trim().min(4).max(2000),
  contact: z.string().trim().min(2).max(60),
  phone: z.string().trim().min(5).max(30),
  subject: Subject.optional().meta({ description: 'data_id: what it is about' }),
  against: Id.optional().meta({ description: 'the unit complained of; where the subject tells it, it is not asked' }),
  rows: z.array(DoubtedRow).max(MOST_ROWS).default([]),
  attachment: z
    .object({
      name: z.string().min(1).max(200),
      content: z.string().min(1).meta({ description: 'base64; 10 MB at most; doc, docx, xls, xlsx, pdf, png, jpg' }),
    })
    .optional(),
})
export type Raising = z.infer<typeof Raising>

export const ObjectionHead = z.object({
  id: Id,
  number: z.string(),
  kind: ObjectionKind,
  topic: Topic,
  title: z.string(),
  state: ObjectionState,
  raiser: Id,
  raiserName: z.string(),
  against: Id,
  againstName: z.string(),
  handler: Id.nullable(),
  handlerName: z.string().nullable(),
  dataOrgCode: z.string().meta({ description: 'data_org_code: the credit code of the unit complained of, on the day' }),
  contact: z.string(),
  phone: z.string().meta({ description: 'masked in lists' }),
  raisedAt: Moment,
  clock: ClockView.nullable().meta({ description: 'of the review, then of the answer' }),
})
export type ObjectionHead = z.infer<typeof ObjectionHead>
export const ObjectionStep = z.object({
  at: Moment,
  act: z.enum(['raised', 'accepted', 'rejected', 'withdrawn', 'answered', 'rated', 'failed']),
  byName: z.string(),
  note: z.string(),
})
export type ObjectionStep = z.infer<typeof ObjectionStep>
export const ObjectionView = ObjectionHead.extend({
  basis: z.string(),
  description: z.string(),
  subject: Subject.nullable(),
  subjectName: z.string(),
  rows: z.array(DoubtedRow).meta({ description: 'to the unit that raised it and the one that answers; to others none' }),
  rowCount: z.int(),
  attachment: Attachment.nullable(),
  answer: z.object({ outcome: Outcome, words: z.string(), at: Moment }).nullable(),
  rating: z.object({ score: z.int(), solved: z.boolean(), words: z.string(), at: Moment }).nullable(),
  steps: z.array(ObjectionStep),
})
export type ObjectionView = z.infer<typeof ObjectionView>

export const refusals = {
  'objections.unknown': { status: 404, text: { zh: '没有找到这条异议，或您无权查看。', en: 'There is no such objection, or it is not yours to see.' } },
  'objections.not_yours': { status: 403, text: { zh: '只能办理本单位的异议。', en: 'You may only act for your own unit.' } },
  'objections.wrong_state': {
    status: 409,
    params: z.object({ state: ObjectionState }),
    text: { zh: '异议的当前状态不允许这项操作，请刷新查看最新状态。', en: 'The objection’s present state does not allow this. Refresh to see it.' },
  },
  'objections.bad_topic': {
    status: 422,
    text: {
      zh: '异议事项与类型不符：申请异议可选审批时长、审批意见，使用异议可选服务响应能力、数据质量。',
      en: 'The topic does not belong to the kind: an application’s are duration and opinion, a use’s response and data quality.',
    },
  },
  'objections.bad_subject': {
    status: 422,
    text: {
      zh: '该类型的异议不能针对这类对象：目录纠错针对目录，申请异议针对本单位的共享申请，使用异议针对目录、申请、交换批次或隔离数据。',
      en: 'This kind of objection is not about such a thing: catalogue errors are about entries, application objections about one’s own requests, use objections about entries, requests, deliveries or quarantined rows.',
    },
  },
  'objections.subject_unknown': {
    status: 404,
    text: {
      zh: '没有找到要提出异议的对象，或您无权查看。请从目录、申请或交换页面重新发起。',
      en: 'What the objection is about does not exist or is not yours to see. Begin again from its own page.',
    },
  },
  'objections.against_missing': {
    status: 422,
    text: { zh: '请选择被提出异议的单位，且不能是本单位。', en: 'Choose the unit the objection is about; it cannot be your own.' },
  },
  'objections.rows_not_asked': {
    status: 422,
    text: {
      zh: '只有针对数据质量的使用异议可以附疑义数据行，且要从目录、申请或交换批次发起。',
      en: 'Doubted rows belong only to objections about data quality, raised from an entry, a request or a delivery.',
    },
  },
  'objections.already_open': {
    status: 409,
    constraint: 'objection_open_once',
    text: {
      zh: '本单位对同一对象的同类异议尚未办结，请在原异议中跟进，或撤销后重新提出。',
      en: 'Your unit already has an open objection of this kind about the same thing. Follow it up there, or withdraw it first.',
    },
  },
  'objections.attachment_too_large': {
    status: 413,
    text: { zh: '附件不得超过 10 MB，请压缩或拆分后再传。', en: 'An attachment may have 10 MB at most. Compress or split it.' },
  },
  'objections.attachment_refused': {
    status: 422,
    params: z.object({ name: z.string() }),
    text: {
      zh: '附件“{name}”不能接收：只收 doc、docx、xls、xlsx、pdf、png、jpg，内容要与扩展名一致，且不含宏。',
      en: 'The attachment «{name}» is not taken: only doc, docx, xls, xlsx, pdf, png and jpg whose content is what the name says, without macros.',
    },
  },
  'objections.no_attachment': { status: 404, text: { zh: '这条异议没有附件。', en: 'This objection has no attachment.' } },
  'objections.bad_handler': {
    status: 422,
    text: {
      zh: '不能交给提出异议的单位或已撤销的单位办理，请另选办理单位。',
      en: 'Neither the unit that raised it nor a closed one can answer it. Choose another.',
    },
  },
} satisfies Refusals

export const rights = {
  'objections.raise': { side: 'business', text: { zh: '提出异议', en: 'Raise objections' } },
  'objections.handle': { side: 'business', text: { zh: '核实并答复异议', en: 'Verify and answer objections' } },
  'objections.review': { side: 'business', text: { zh: '审核异议', en: 'Review objections' } },
} satisfies Rights

export const todos = {
  'objections.review': { text: { zh: '审核异议：{title}（{raiser}）', en: 'Review an objection: {title} ({raiser})' }, link: '/objections/{subject}' },
  'objections.answer': { text: { zh: '核实并答复异议：{title}（{raiser}）', en: 'Verify and answer: {title} ({raiser})' }, link: '/objections/{subject}' },
  'objections.rate': { text: { zh: '异议已答复，请评价：{title}', en: 'Answered, please rate: {title}' }, link: '/objections/{subject}' },
  'objections.rejected': { text: { zh: '异议被驳回：{title}', en: 'Objection rejected: {title}' }, link: '/objections/{subject}' },
  'objections.failed': { text: { zh: '异议未能办理：{title}', en: 'Objection could not be carried on: {title}' }, link: '/objections/{subject}' },
} satisfies Todos

export const Raised = event('objections.raised', z.object({ objection: Id, kind: ObjectionKind, topic: Topic, raiser: Id, against: Id }))
export const Answered = event('objections.answered', z.object({ objection: Id, raiser: Id, handler: Id, outcome: Outcome }))

const One = z.object({ id: Id })
const Reason = z.string().trim().min(4).max(1000)
const ON_ONE = ['objections.unknown', 'objections.not_yours', 'objections.wrong_state']

export const contract = {
  raise: command('POST /objections', {
    summary: 'Raise an objection; about data quality it goes straight to the provider, any other is reviewed by the data authority first',
    right: 'objections.raise',
    in: Raising,
    out: ObjectionView,
    refusals: [
      'objections.bad_topic',
      'objections.bad_subject',
      'objections.subject_unknown',
      'objections.against_missing',
      'objections.rows_not_asked',
      'objections.already_open',
      'objections.attachment_too_large',
      'objections.attachment_refused',
    ],
    personal: ['phone', 'rows', 'content'],
    largest: BODY_BYTES,
  }),
  objections: query('GET /objections', {
    summary: 'Objections one’s unit raised, must answer, or reviews; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({
      side: z.enum(['mine', 'handling', 'all']).default('all'),
      state: z.array(ObjectionState).optional(),
      kind: ObjectionKind.optional(),
      about: Id.optional().meta({ description: 'the entry, request, delivery or quarantined row they are about' }),
    }),
    out: pageOf(ObjectionHead),
  }),
  objection: query('GET /objections/{id}', {
    summary: 'One objection, to the unit that raised it, the one that answers and those who review',
    right: SIGNED_IN,
    in: One,
    out: ObjectionView,
    refusals: ['objections.unknown'],
  }),
  attachment: query('GET /objections/{id}/attachment', {
    summary: 'The attachment with its bytes in base64',
    right: SIGNED_IN,
    in: One,
    out: Attachment.extend({ content: z.string() }),
    refusals: ['objections.unknown', 'objections.no_attachment'],
  }),
  accept: command('POST /objections/{id}/accept', {
    summary: 'Pass an objection on to the unit that answers it; its clock starts',
    right: 'objections.review',
    in: One.extend({ handler: Id.optional().meta({ description: 'the unit complained of where absent' }), note: z.string().max(1000).default('') }),
    out: ObjectionView,
    refusals: [...ON_ONE, 'objections.bad_handler'],
  }),
  reject: command('POST /objections/{id}/reject', {
    summary: 'Reject an objection with reasons',
    right: 'objections.review',
    in: One.extend({ reason: Reason }),
    out: ObjectionView,
    refusals: ON_ONE,
  }),
  fail: command('POST /objections/{id}/fail', {
    summary: 'End an objection that cannot be carried on here: its unit was closed, or the data are kept by another platform',
    right: 'objections.review',
    in: One.extend({ reason: Reason }),
    out: ObjectionView,
    refusals: ON_ONE,
  }),
  withdraw: command('POST /objections/{id}/withdraw', {
    summary: 'Withdraw one’s own objection before it is answered',
    right: 'objections.raise',
    in: One.extend({ reason: z.string().trim().max(1000).default('') }),
    out: ObjectionView,
    refusals: ON_ONE,
  }),
  answer: command('POST /objections/{id}/answer', {
    summary: 'Answer with what came of it and why; it goes back to the unit that raised it',
    right: 'objections.handle',
    in: One.extend({ outcome: Outcome, words: Reason }),
    out: ObjectionView,
    refusals: ON_ONE,
  }),
  rate: command('POST /objections/{id}/rate', {
    summary: 'Close an answered objection with a score from 1 to 5 and whether it is solved',
    right: 'objections.raise',
    in: One.extend({ score: z.int().min(1).max(5), solved: z.boolean(), words: z.string().trim().max(1000).default('') }),
    out: ObjectionView,
    refusals: ON_ONE,
  }),
  acknowledge: command('POST /objections/{id}/acknowledge', {
    summary: 'Take note that an objection was rejected or could not be carried on; the notice leaves the list of what waits',
    right: 'objections.raise',
    in: One,
    out: z.object({}),
    refusals: ['objections.unknown', 'objections.not_yours'],
  }),
}
