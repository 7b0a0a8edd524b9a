import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachmentType, tidyName } from './attachment.rules.ts'
import { type DoubtedRow, ObjectionKind, ObjectionState, type Subject, SubjectKind, Topic } from './contract.ts'
import { type Act, acts, allows, checkRaising, disputed, goesStraightOn, type ObjectionTimes, stateOf } from './rules.ts'

const NONE: ObjectionTimes = { acceptedAt: null, rejectedAt: null, withdrawnAt: null, answeredAt: null, ratedAt: null, failedAt: null }
const AT = '2026-11-23T02:00:00.000Z'
const subject = (kind: SubjectKind): Subject => ({ kind, id: '00000000-0000-4000-8000-000000000001' })
const ROW: DoubtedRow = { key: '91', field: '企业名称', problem: '与营业执照不一致' }

test('the state follows from what happened when', () => {
  const states = [NONE, { acceptedAt: AT }, { rejectedAt: AT }, { withdrawnAt: AT }, { failedAt: AT }, { acceptedAt: AT, answeredAt: AT }].map((times) =>
    stateOf({ ...NONE, ...times }),
  )
  expect(states).toEqual(['review', 'handling', 'rejected', 'withdrawn', 'failed', 'answered'])
  expect(stateOf({ ...NONE, acceptedAt: AT, answeredAt: AT, ratedAt: AT })).toBe('rated')
  expect(stateOf({ ...NONE, acceptedAt: AT, failedAt: AT })).toBe('failed')
})

test('第二十六条: who may do what in which state', () => {
  const table = Object.fromEntries(ObjectionState.options.map((state) => [state, (Object.keys(acts) as Act[]).filter((act) => allows(state, act))]))
  expect(table).toEqual({
    review: ['accept', 'reject', 'fail', 'withdraw'],
    rejected: [],
    withdrawn: [],
    handling: ['fail', 'withdraw', 'answer'],
    answered: ['rate'],
    rated: [],
    failed: [],
  })
})

test('each kind has its topics, and names what it is about', () => {
  const all = ObjectionKind.options.flatMap((kind) => Topic.options.map((topic) => ({ kind, topic })))
  const free = all.filter(
    ({ kind, topic }) => checkRaising({ kind, topic, rows: [], subject: subject(kind === 'application' ? 'request' : 'entry') }) === undefined,
  )
  expect(free.map(({ kind, topic }) => `${kind} ${topic}`)).toEqual([
    ...['catalogue other', 'application duration', 'application opinion', 'application other'],
    ...['use response', 'use quality', 'use other', 'other other'],
  ])
  const fits = (kind: ObjectionKind) => SubjectKind.options.filter((one) => !checkRaising({ kind, topic: 'other', rows: [], subject: subject(one) }))
  expect(fits('catalogue')).toEqual(['entry'])
  expect(fits('application')).toEqual(['request'])
  expect(fits('use')).toEqual(SubjectKind.options)
  expect(checkRaising({ kind: 'use', topic: 'other', rows: [] })).toBe('objections.bad_subject')
  expect(checkRaising({ kind: 'other', topic: 'other', rows: [] })).toBeUndefined()
})

test('51号: doubts about data, and only they, name rows and go straight to the provider', () => {
  expect(checkRaising({ kind: 'use', topic: 'quality', rows: [ROW], subject: subject('delivery') })).toBeUndefined()
  expect(checkRaising({ kind: 'use', topic: 'quality', rows: [ROW], subject: subject('quarantine') })).toBe('objections.rows_not_asked')
  expect(checkRaising({ kind: 'use', topic: 'response', rows: [ROW], subject: subject('delivery') })).toBe('objections.rows_not_asked')
  const straight = ObjectionKind.options.flatMap((kind) => Topic.options.filter((topic) => goesStraightOn({ kind, topic })).map((topic) => `${kind} ${topic}`))
  expect(straight).toEqual(['use quality'])
})

test('第二十七条: what was rated as not solved is a dispute', () => {
  expect(disputed({ state: 'rated', solved: false })).toBe(true)
  expect(disputed({ state: 'rated', solved: true })).toBe(false)
  expect(disputed({ state: 'answered', solved: null })).toBe(false)
})

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (one) => one.charCodeAt(0)) : part)))
const wide = (text: string): number[] => Array.from(text, (one) => [one.charCodeAt(0), 0]).flat()
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
const ZIP = [0x50, 0x4b, 3, 4]

test('an attachment is what its bytes say, and its name must say the same', () => {
  const files = {
    'a.pdf': bytes('%PDF-1.7'),
    'a.png': bytes([0x89], 'PNG\r\n', [0x1a, 0x0a], 'IHDR'),
    'a.JPG': bytes([0xff, 0xd8, 0xff, 0xe0]),
    'a.jpeg': bytes([0xff, 0xd8, 0xff, 0xe0]),
    'a.doc': bytes(OLE, wide('WordDocument')),
    'a.xls': bytes(OLE, wide('Workbook')),
    'a.docx': bytes(ZIP, '[Content_Types].xml word/document.xml'),
    'a.xlsx': bytes(ZIP, '[Content_Types].xml xl/workbook.xml'),
  }
  for (const [name, content] of Object.entries(files)) expect(attachmentType(name, content), name).toMatch(/^(application|image)\//)
  const wrong: [string, Uint8Array][] = [
    ['a.pdf', files['a.png']],
    ['a.doc', files['a.xls']],
    ['a.xlsx', files['a.docx']],
    ['a.docx', bytes(ZIP, 'mimetype')],
    ['a.docx', bytes(ZIP, 'word/document.xml word/vbaProject.bin')],
    ['a.xls', bytes(OLE, wide('Workbook'), wide('_VBA_PROJECT'))],
    ['a.exe', bytes('MZ')],
    ['a.pdf.exe', files['a.pdf']],
    ['pdf', files['a.pdf']],
    ['a.pdf', bytes('')],
  ]
  for (const [name, content] of wrong) expect(attachmentType(name, content), name).toBeUndefined()
})

test('no bytes at all make the recognition fail, and a tidy name has no path', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('doc', 'docx', 'xls', 'xlsx', 'pdf', 'png', 'jpg', 'zip', ''), (content, extension) => {
      attachmentType(`a.${extension}`, content)
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (name) => {
      const tidy = tidyName(name)
      return tidy.length <= 120 && !Array.from(tidy).some((one) => one < ' ' || '/\\<>:"|?*'.includes(one))
    }),
  )
  expect(tidyName('C:\\材料\\说明.pdf')).toBe('说明.pdf')
  expect(tidyName(`${'长'.repeat(200)}.docx`)).toMatch(/^长{115}\.docx$/)
})
