/** The kernel's own counter: what waits for me, the ledger and its proofs, facts, the working-day calendar, dead letters. */
import { z } from 'zod'
import { ClockView } from '../clock/contract.ts'
import { command, Id, LocalDate, Moment, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN } from '../contract.ts'

export const TodoView = z.object({
  id: Id,
  kind: z.string(),
  subject: Id,
  title: z.object({ zh: z.string(), en: z.string() }),
  link: z.string(),
  createdAt: Moment,
  clock: ClockView.nullable(),
})
export type TodoView = z.infer<typeof TodoView>

export const LedgerLine = z.object({
  chain: z.int(),
  seq: z.int(),
  at: Moment,
  actor: Id,
  actorName: z.string(),
  endpoint: z.string(),
  outcome: z.string(),
  subjects: z.array(z.string()),
  hash: z.string().meta({ description: 'hex' }),
})
export type LedgerLine = z.infer<typeof LedgerLine>

export const LedgerProof = z.object({
  line: LedgerLine,
  body: z.string().meta({ description: 'canonical JSON, exactly what is hashed' }),
  previous: z.string().meta({ description: 'hash of the line before it in its chain, hex' }),
  seal: z
    .object({
      n: z.int(),
      at: Moment,
      heads: z.array(z.object({ chain: z.int(), from: z.int(), to: z.int() })),
      root: z.string(),
      previous: z.string().meta({ description: 'root of the seal before it, hex' }),
      lines: z.int(),
      key: z.string(),
      publicKey: z.string(),
      signature: z.string(),
      index: z.int(),
      steps: z.array(z.object({ side: z.enum(['left', 'right']), hash: z.string() })),
    })
    .nullable()
    .meta({ description: 'null while the line is not sealed yet; hashes in hex, the key raw base64url' }),
})
export type LedgerProof = z.infer<typeof LedgerProof>

export const Finding = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), chain: z.int(), seq: z.int(), at: z.string() }),
  z.object({ kind: z.literal('removed'), chain: z.int(), from: z.int(), to: z.int() }),
  z.object({ kind: z.literal('inserted'), chain: z.int(), seq: z.int(), at: z.string() }),
  z.object({ kind: z.literal('mislabelled'), chain: z.int(), seq: z.int(), at: z.string() }),
  z.object({ kind: z.literal('head'), chain: z.int(), seq: z.int() }),
  z.object({ kind: z.literal('seal'), n: z.int(), reason: z.enum(['root', 'signature', 'order']) }),
])
export const Verification = z.object({ lines: z.int(), seals: z.int(), unsealed: z.int(), milliseconds: z.number(), findings: z.array(Finding) })
export type Verification = z.infer<typeof Verification>

export const FactView = z.object({
  code: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  formula: z.object({ zh: z.string(), en: z.string() }),
  unit: z.enum(['share', 'count', 'rows']),
  numerator: z.number(),
  denominator: z.number().nullable(),
  target: z.number().nullable(),
})
export type FactView = z.infer<typeof FactView>

export const CalendarDay = z.object({ day: LocalDate, kind: z.enum(['holiday', 'workday']), note: z.string().max(60) })
export const DeadLetter = z.object({
  id: z.string(),
  task: z.string(),
  reader: z.string().nullable(),
  event: z.string().nullable(),
  attempts: z.int(),
  error: z.string(),
  since: Moment,
  summary: z.record(z.string(), z.string()).meta({ description: 'what it is about: ids, numbers and truth values; of texts only how long they are' }),
})
export type DeadLetter = z.infer<typeof DeadLetter>

export const refusals = {
  'kernel.unknown': { status: 404, text: { zh: '没有找到这条记录。', en: 'There is no such record.' } },
  'kernel.fact_unknown': { status: 404, text: { zh: '没有这个指标。', en: 'There is no such figure.' } },
} satisfies Refusals

export const rights = {
  'kernel.read_ledger': { side: 'audit', text: { zh: '查阅全部审计账本', en: 'Read the whole ledger' } },
  'kernel.verify_ledger': { side: 'audit', text: { zh: '验证审计账本', en: 'Verify the ledger' } },
  'kernel.operate': { side: 'system', text: { zh: '处理积压任务', en: 'Handle dead letters' } },
  'kernel.calendar': { side: 'system', text: { zh: '维护工作日历', en: 'Maintain the working-day calendar' } },
  'kernel.read_facts': { side: 'business', text: { zh: '查看全部指标', en: 'See every figure' } },
} satisfies Rights

export const contract = {
  todos: query('GET /desk/todos', {
    summary: 'What waits for the caller, the nearest deadline first',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.array(TodoView),
  }),
  ledger: query('GET /desk/ledger', {
    summary: 'Ledger lines, newest first: all to an auditor, to others their own',
    right: SIGNED_IN,
    in: PageInput.extend({
      from: Moment.optional(),
      to: Moment.optional(),
      actor: Id.optional(),
      endpoint: z.string().max(120).optional(),
      outcome: z.string().max(80).optional(),
      subject: z.string().max(120).optional(),
    }),
    out: pageOf(LedgerLine),
  }),
  historyOf: query('GET /desk/history', {
    summary: 'The ledger lines about one record, oldest first; whoever may see the record may see that it was acted on, not what was entered',
    right: SIGNED_IN,
    in: z.object({ subject: z.string().regex(/^[a-z_]+\.[a-z_]+:[0-9a-f-]{36}$/) }),
    out: z.array(LedgerLine),
  }),
  proof: query('GET /desk/ledger/{chain}/{seq}', {
    summary: 'One line with everything needed to check it: body, hash before it, seal and Merkle steps',
    right: SIGNED_IN,
    in: z.object({ chain: z.coerce.number().int(), seq: z.coerce.number().int() }),
    out: LedgerProof,
    refusals: ['kernel.unknown'],
  }),
  verify: command('POST /desk/ledger/verify', {
    summary: 'Verify the whole ledger now: every hash, every chain, every seal',
    right: 'kernel.verify_ledger',
    in: z.object({}),
    out: Verification,
  }),
  facts: query('GET /desk/facts', {
    summary: 'Every figure, of one unit or of all',
    right: SIGNED_IN,
    in: z.object({ unit: Id.optional() }),
    out: z.array(FactView),
  }),
  evidence: query('GET /desk/facts/{code}', {
    summary: 'The records behind a figure, newest first',
    right: SIGNED_IN,
    in: z.object({ code: z.string(), unit: Id.optional() }),
    out: z.object({ fact: FactView, evidence: z.array(z.object({ label: z.string(), at: Moment.nullable(), link: z.string() })) }),
    refusals: ['kernel.fact_unknown'],
  }),
  clockPreview: query('GET /desk/clock-preview', {
    summary: 'The clock that would start today under a legal rule, with its date and why; null where no rule of that code is in force',
    right: SIGNED_IN,
    in: z.object({ rule: z.string().max(80) }),
    out: z.object({ clock: ClockView.nullable() }),
  }),
  calendar: query('GET /desk/calendar', {
    summary: 'The days of a year that differ from the rule of the week',
    right: SIGNED_IN,
    in: z.object({ year: z.int().min(2000).max(2100) }),
    out: z.array(CalendarDay),
  }),
  setCalendar: command('POST /desk/calendar', {
    summary: 'Set the notice of a year; every running clock gets its date anew',
    right: 'kernel.calendar',
    in: z.object({ year: z.int().min(2000).max(2100), days: z.array(CalendarDay).max(120) }),
    out: z.object({ moved: z.int() }),
  }),
  deadLetters: query('GET /desk/dead-letters', {
    summary: 'Work that failed for good, oldest first',
    right: 'kernel.operate',
    in: z.object({}),
    out: z.array(DeadLetter),
  }),
  replay: command('POST /desk/dead-letters/replay', {
    summary: 'Try dead letters again',
    right: 'kernel.operate',
    in: z.object({ ids: z.array(z.string().regex(/^\d+$/)).min(1).max(500) }),
    out: z.object({ replayed: z.int() }),
  }),
  replayKind: command('POST /desk/dead-letters/replay-kind', {
    summary: 'Try every dead letter of one kind again: of one task and, where it reads events, one reader',
    right: 'kernel.operate',
    in: z.object({ task: z.string().max(120), reader: z.string().max(200).nullable() }),
    out: z.object({ replayed: z.int() }),
  }),
  discard: command('POST /desk/dead-letters/discard', {
    summary: 'Give dead letters up for good, with the reason; what they would have done is not done',
    right: 'kernel.operate',
    in: z.object({ ids: z.array(z.string().regex(/^\d+$/)).min(1).max(500), reason: z.string().trim().min(2).max(500) }),
    out: z.object({ discarded: z.int() }),
  }),
}
