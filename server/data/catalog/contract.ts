/**
 * Catalogue of government information resources (政务信息资源目录).
 * Sources: 发改高技〔2017〕1272号 (core metadata, codes, conditional rules), 国发〔2016〕51号, 国务院令第809号.
 * A published version never changes; a change makes version n+1. State derives from what happened when.
 */
import { CanonicalType } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, event, Id, LocalDate, Moment, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN, type Todos } from '../../kernel/contract.ts'
import { ItemType } from '../../support/standards/contract.ts'

export const ShareType = z.enum(['unconditional', 'conditional', 'none'])
export type ShareType = z.infer<typeof ShareType>
export const OpenType = z.enum(['unconditional', 'conditional', 'none'])
export type OpenType = z.infer<typeof OpenType>
export const UpdateCycle = z.enum(['realtime', 'daily', 'weekly', 'monthly', 'quarterly', 'half_yearly', 'yearly', 'irregular'])
export type UpdateCycle = z.infer<typeof UpdateCycle>
export const Format = z.enum(['document', 'spreadsheet', 'database', 'image', 'media', 'self_describing', 'service'])
export type Format = z.infer<typeof Format>
export const ShareMode = z.enum(['platform_database', 'platform_file', 'platform_service', 'mail', 'medium'])
export type ShareMode = z.infer<typeof ShareMode>
export const ClassKind = z.enum(['base', 'theme', 'department'])
export type ClassKind = z.infer<typeof ClassKind>

/** Front part of a resource code: 类 1 digit, 项 2, 目 3, 细目 in steps of 2. */
export const ClassCode = z.string().regex(/^[123](\d{2}(\d{3}(\d{2}){0,4})?)?$/)
export const CatalogClass = z.object({ code: ClassCode, name: z.string(), kind: ClassKind, parent: ClassCode.nullable() })
export type CatalogClass = z.infer<typeof CatalogClass>

export const Item = z.object({
  name: z.string().min(1).max(100),
  column: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .meta({ description: 'English name, also its column at users' }),
  type: ItemType,
  length: z.int().min(0).max(1_000_000).nullable(),
  key: z.boolean().default(false),
  nullable: z.boolean().default(true),
  sensitive: z.boolean().default(false).meta({ description: 'personal or otherwise sensitive: granted only masked unless a duty needs it' }),
  element: z.string().nullable().default(null).meta({ description: 'identifier of the data element it follows' }),
  codeTable: z.string().nullable().default(null),
  description: z.string().max(500).default(''),
})
export type Item = z.infer<typeof Item>

/** What a cataloguer fills in: the core metadata elements but those the platform gives (code, provider code, publication date). */
export const Content = z.object({
  name: z.string().trim().min(2).max(100),
  class: ClassCode,
  provider: Id,
  providerOffice: z.string().max(60).default('').meta({ description: 'department within the unit' }),
  abstract: z.string().trim().max(1000),
  format: Format,
  formatType: z.string().max(60),
  items: z.array(Item).max(400),
  share: z.object({ type: ShareType, condition: z.string().max(1000).default(''), basis: z.string().max(1000).default(''), mode: ShareMode }),
  open: z.object({ type: OpenType, condition: z.string().max(1000).default('') }),
  updateCycle: UpdateCycle,
  related: z.array(z.string()).max(50).default([]),
  tags: z.array(z.string().min(1).max(20)).max(20).default([]),
  grade: z.enum(['general', 'important', 'core']),
  classified: z.boolean().default(false).meta({ description: 'a state secret: never enters the platform' }),
  system: z.string().max(100).default('').meta({ description: 'the information system it comes from' }),
})
export type Content = z.infer<typeof Content>

export const EntryState = z.enum(['draft', 'department_review', 'bureau_review', 'returned', 'published', 'withdrawn'])
export type EntryState = z.infer<typeof EntryState>

/** Which real table stands behind an entry, found by reading the source's schema through its node. Every item of the published version has a column. */
export const Binding = z.object({
  node: Id,
  nodeName: z.string(),
  store: z.string(),
  schema: z.string(),
  table: z.string(),
  shape: z.string(),
  columns: z.record(z.string(), z.string()).meta({ description: 'item column → source column' }),
  types: z.record(z.string(), CanonicalType).meta({ description: 'item column → the wire type its source column is cast to' }),
  keys: z.array(z.string()).meta({ description: 'item columns that stand on the key of the table' }),
  rows: z.number(),
  boundAt: Moment,
})
export type Binding = z.infer<typeof Binding>

export const EntryHead = z.object({
  id: Id,
  code: z.string(),
  name: z.string(),
  provider: Id,
  providerName: z.string(),
  state: EntryState,
  version: z.int(),
  shareType: ShareType,
  openType: OpenType,
  updateCycle: UpdateCycle,
  format: Format,
  class: ClassCode,
  className: z.string(),
  bound: z.boolean(),
  publishedOn: LocalDate.nullable(),
  changedAt: Moment,
})
export type EntryHead = z.infer<typeof EntryHead>
export const Hit = EntryHead.extend({
  abstract: z.string(),
  tags: z.array(z.string()),
  items: z.int(),
  highlights: z.array(z.object({ field: z.string(), text: z.string(), marks: z.array(z.tuple([z.int(), z.int()])) })),
})
export type Hit = z.infer<typeof Hit>

export const Step = z.object({
  at: Moment,
  version: z.int(),
  act: z.enum(['drafted', 'changed', 'submitted', 'department_approved', 'returned', 'published', 'withdrawn', 'bound']),
  byName: z.string(),
  note: z.string(),
})
export const Entry = z.object({
  head: EntryHead,
  content: Content,
  /** The version in work, for those who may see it; `content` is the published one, or this one where none is published yet. */
  draft: z.object({ version: z.int(), content: Content, state: EntryState, returnReason: z.string().nullable(), changedAt: Moment }).nullable(),
  binding: Binding.nullable(),
  steps: z.array(Step),
  versions: z.array(z.object({ version: z.int(), publishedAt: Moment.nullable() })),
})
export type Entry = z.infer<typeof Entry>

/** One broken rule of compilation: where, which, and what fills its sentence. */
export const Problem = z.object({ path: z.string(), rule: z.string(), params: z.record(z.string(), z.unknown()).default({}) })
export type Problem = z.infer<typeof Problem>

export const refusals = {
  'catalog.unknown': { status: 404, text: { zh: '没有找到该目录，可能已撤销。', en: 'There is no such catalogue entry; it may have been withdrawn.' } },
  'catalog.unknown_class': { status: 422, text: { zh: '没有这个目录分类，请从分类树中选择。', en: 'There is no such class. Choose one from the tree.' } },
  'catalog.class_taken': { status: 409, constraint: 'class_once', text: { zh: '该分类代码已存在。', en: 'There is already a class of this code.' } },
  'catalog.classified': {
    status: 422,
    withholds: true,
    text: {
      zh: '涉密信息不得进入本平台，目录也不能在此编制。请按保密规定在涉密网络处理。',
      en: 'State secrets may not enter this platform, not even as an entry. Handle them on the classified network.',
    },
  },
  'catalog.incomplete': {
    status: 422,
    params: z.object({ problems: z.array(Problem) }),
    text: { zh: '目录还不完整，请按提示逐项补充后再提交。', en: 'The entry is not complete. Mend the listed points, then submit.' },
  },
  'catalog.wrong_state': {
    status: 409,
    params: z.object({ state: EntryState }),
    text: { zh: '目录当前状态不允许这项操作，请刷新查看最新状态。', en: 'The entry is in a state that does not allow this. Refresh to see it.' },
  },
  'catalog.not_yours': { status: 403, text: { zh: '只能编制和管理本单位的目录。', en: 'You may only work on entries of your own unit.' } },
  'catalog.own_work': {
    status: 403,
    text: { zh: '不能审核自己编制的目录，请由其他人员审核。', en: 'Nobody may review an entry they compiled. Someone else must.' },
  },
  'catalog.changed_meanwhile': {
    status: 409,
    text: {
      zh: '他人刚刚修改了这条目录，请刷新后再修改，以免覆盖对方的内容。',
      en: 'Someone else has just changed this entry. Refresh first, so that nothing is overwritten.',
    },
  },
  'catalog.name_taken': {
    status: 409,
    constraint: 'entry_name_once',
    text: { zh: '本单位已有同名目录，请直接修改原目录。', en: 'The unit already has an entry of this name. Change that one.' },
  },
  'catalog.unknown_table': { status: 422, text: { zh: '数据源中没有这张表，请重新读取表结构。', en: 'The source has no such table. Read its schema again.' } },
  'catalog.columns_missing': {
    status: 422,
    params: z.object({ items: z.array(z.string()) }),
    text: { zh: '这些信息项还没有对应的列：{items}。', en: 'These items have no column yet: {items}.' },
  },
  'catalog.column_unfit': {
    status: 422,
    params: z.object({ item: z.string(), column: z.string(), type: z.string() }),
    text: {
      zh: '信息项“{item}”不能对应列 {column}（{type}）：类型不符或不支持交换。',
      en: 'Item “{item}” cannot stand on column {column} ({type}): the type does not fit or cannot be exchanged.',
    },
  },
  'catalog.no_key': {
    status: 422,
    params: z.object({ columns: z.array(z.string()) }),
    text: {
      zh: '表的主键列（{columns}）没有全部对应信息项，或表没有主键，无法增量交换和对账。请补充主键列。',
      en: 'The key of the table ({columns}) is not wholly among the items, or there is none: it can be neither refreshed nor reconciled. Include the key.',
    },
  },
  'catalog.key_differs': {
    status: 422,
    params: z.object({ items: z.array(z.string()), keys: z.array(z.string()) }),
    text: {
      zh: '目录标注的主键信息项（{items}）与表的主键（{keys}）不一致，请修改目录或换一张表。',
      en: 'The items marked as key ({items}) are not those on the key of the table ({keys}). Mend the entry or choose another table.',
    },
  },
} satisfies Refusals

export const rights = {
  'catalog.compile': { side: 'business', text: { zh: '编制目录', en: 'Compile catalogue entries' } },
  'catalog.review': { side: 'business', text: { zh: '审核本单位目录', en: 'Review the unit’s entries' } },
  'catalog.publish': { side: 'business', text: { zh: '复核并发布目录', en: 'Review and publish entries' } },
} satisfies Rights

export const todos = {
  'catalog.review': { text: { zh: '审核目录：{name}', en: 'Review entry: {name}' }, link: '/catalog/{subject}' },
  'catalog.publish': { text: { zh: '发布目录：{name}（{provider}）', en: 'Publish entry: {name} ({provider})' }, link: '/catalog/{subject}' },
  'catalog.mend': { text: { zh: '目录被退回，请修改：{name}', en: 'Entry returned, please mend: {name}' }, link: '/catalog/{subject}' },
} satisfies Todos

export const Published = event('catalog.published', z.object({ entry: Id, version: z.int(), provider: Id }))
export const Withdrawn = event('catalog.withdrawn', z.object({ entry: Id, provider: Id, reason: z.string() }))

const Facet = z.array(z.object({ value: z.string(), label: z.string(), count: z.int() }))
const One = z.object({ id: Id })
const Noted = One.extend({ note: z.string().max(500).default('') })

export const contract = {
  search: query('GET /catalog/search', {
    summary: 'Published entries found by words, with exact totals and facets (each counted without its own filter)',
    right: SIGNED_IN,
    in: z.object({
      text: z.string().max(100).default(''),
      provider: z.array(Id).optional(),
      class: z.array(ClassCode).optional(),
      shareType: z.array(ShareType).optional(),
      openType: z.array(OpenType).optional(),
      updateCycle: z.array(UpdateCycle).optional(),
      format: z.array(Format).optional(),
      bound: z.boolean().optional(),
      offset: z.int().min(0).max(100_000).default(0),
      limit: z.int().min(1).max(100).default(20),
    }),
    out: z.object({ total: z.int(), milliseconds: z.number(), hits: z.array(Hit), facets: z.record(z.string(), Facet) }),
  }),
  entries: query('GET /catalog/entries', {
    summary: 'Entries in any state of the units one may see, last changed first',
    right: SIGNED_IN,
    in: PageInput.extend({ state: z.array(EntryState).optional(), provider: Id.optional(), text: z.string().max(100).optional() }),
    out: pageOf(EntryHead),
  }),
  entry: query('GET /catalog/entries/{id}', {
    summary: 'One entry: content, draft, binding, history. Drafts are shown to the provider and the bureau only',
    right: SIGNED_IN,
    in: One.extend({ version: z.int().optional() }),
    out: Entry,
    refusals: ['catalog.unknown'],
  }),
  entriesById: query('GET /catalog/entries/batch', {
    summary: 'Heads of entries by their ids; unknown ids are left out',
    right: SIGNED_IN,
    in: z.object({ ids: z.array(Id).max(1000) }),
    out: z.array(EntryHead),
  }),
  published: query('GET /catalog/published/{id}', {
    summary: 'The published content of an entry with its binding, for those who build on it',
    right: SIGNED_IN,
    in: One.extend({ version: z.int().optional() }),
    out: z.object({ id: Id, code: z.string(), version: z.int(), content: Content, binding: Binding.nullable(), withdrawn: z.boolean() }),
    refusals: ['catalog.unknown'],
  }),
  classes: query('GET /catalog/classes', { summary: 'The classification tree', right: SIGNED_IN, in: z.object({}), out: z.array(CatalogClass) }),
  addClass: command('POST /catalog/classes', {
    summary: 'Add a class below an existing one',
    right: 'catalog.publish',
    in: CatalogClass.omit({ kind: true }),
    out: CatalogClass,
    refusals: ['catalog.unknown_class', 'catalog.class_taken'],
  }),
  addClasses: command('POST /catalog/classes/batch', {
    summary: 'Add many classes, each after the one it stands below; all or none',
    right: 'catalog.publish',
    in: z.object({
      classes: z
        .array(CatalogClass.omit({ kind: true }))
        .min(1)
        .max(5000),
    }),
    out: z.object({ added: z.int() }),
    refusals: ['catalog.unknown_class', 'catalog.class_taken'],
  }),
  compile: command('POST /catalog/entries', {
    summary: 'Begin an entry as a draft; the platform gives its code',
    right: 'catalog.compile',
    in: z.object({ content: Content }),
    out: Entry,
    refusals: ['catalog.not_yours', 'catalog.unknown_class', 'catalog.name_taken', 'catalog.classified'],
  }),
  revise: command('POST /catalog/entries/{id}/draft', {
    summary:
      'Save the draft; on a published entry this begins the next version. `after` is `draft.changedAt` of the draft it was made from, null where there was none',
    right: 'catalog.compile',
    in: One.extend({ content: Content, after: Moment.nullable().default(null) }),
    out: Entry,
    refusals: [
      'catalog.unknown',
      'catalog.not_yours',
      'catalog.wrong_state',
      'catalog.changed_meanwhile',
      'catalog.unknown_class',
      'catalog.name_taken',
      'catalog.classified',
    ],
  }),
  bind: command('POST /catalog/entries/{id}/binding', {
    summary: 'Bind an entry to a real table of one of the provider’s sources',
    right: 'catalog.compile',
    in: One.extend({ node: Id, store: z.string(), schema: z.string(), table: z.string(), columns: z.record(z.string(), z.string()) }),
    out: Entry,
    refusals: [
      'catalog.unknown',
      'catalog.not_yours',
      'catalog.unknown_table',
      'catalog.columns_missing',
      'catalog.column_unfit',
      'catalog.no_key',
      'catalog.key_differs',
      'catalog.wrong_state',
      'nodes.unknown',
    ],
  }),
  submit: command('POST /catalog/entries/{id}/submit', {
    summary: 'Submit the draft for review',
    right: 'catalog.compile',
    in: Noted,
    out: Entry,
    refusals: ['catalog.unknown', 'catalog.not_yours', 'catalog.wrong_state', 'catalog.incomplete'],
  }),
  approve: command('POST /catalog/entries/{id}/approve', {
    summary: 'Approve for the department; it goes to the bureau',
    right: 'catalog.review',
    in: Noted,
    out: Entry,
    refusals: ['catalog.unknown', 'catalog.not_yours', 'catalog.wrong_state', 'catalog.own_work'],
  }),
  returnDraft: command('POST /catalog/entries/{id}/return', {
    summary: 'Return a draft under review, with all that is missing',
    right: SIGNED_IN,
    in: One.extend({ reason: z.string().min(2).max(1000) }),
    out: Entry,
    refusals: ['catalog.unknown', 'catalog.wrong_state', 'catalog.not_yours'],
  }),
  publish: command('POST /catalog/entries/{id}/publish', {
    summary: 'Publish the reviewed version',
    right: 'catalog.publish',
    in: Noted,
    out: Entry,
    refusals: ['catalog.unknown', 'catalog.wrong_state', 'catalog.incomplete'],
  }),
  withdraw: command('POST /catalog/entries/{id}/withdraw', {
    summary: 'Withdraw a published entry; requests and grants on it are told',
    right: 'catalog.publish',
    in: One.extend({ reason: z.string().min(2).max(1000) }),
    out: Entry,
    refusals: ['catalog.unknown', 'catalog.wrong_state'],
  }),
}
