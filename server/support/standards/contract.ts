/** Standards (标准支撑): code tables and data elements. A published version of a code table never changes; a change makes the next one. */
import { z } from 'zod'
import { command, Id, LocalDate, PageInput, pageOf, query, type Refusals, type Rights, SIGNED_IN } from '../../kernel/contract.ts'

export const CodeTableName = z.string().regex(/^[a-z][a-z0-9_]{1,60}$/)
export const Code = z.object({
  code: z.string().min(1).max(40),
  nameZh: z.string().min(1).max(200),
  nameEn: z.string().max(200).default(''),
  parent: z.string().nullable().default(null),
  endedOn: LocalDate.nullable().default(null),
})
export type Code = z.infer<typeof Code>
export const CodeTable = z.object({
  name: CodeTableName,
  version: z.int().min(1),
  titleZh: z.string().min(1).max(120),
  titleEn: z.string().max(120),
  source: z.string().max(200).meta({ description: 'the standard it follows' }),
  certain: z.boolean().meta({ description: 'false: a configurable default, not settled by a source we hold' }),
  publishedOn: LocalDate,
  codes: z.int(),
})
export type CodeTable = z.infer<typeof CodeTable>

/** The types an information item may have (national coding of 信息项). */
export const ItemType = z.enum(['C', 'N', 'Y', 'D', 'T', 'L', 'M', 'G', 'B', 'I', 'F'])
export type ItemType = z.infer<typeof ItemType>
export const DataElement = z.object({
  id: Id,
  identifier: z
    .string()
    .regex(/^[A-Z]{2}\d{5}$/)
    .meta({ description: 'internal identifier, two letters and five digits' }),
  nameZh: z.string().min(1).max(100),
  nameEn: z.string().min(1).max(100),
  definition: z.string().max(1000),
  type: ItemType,
  length: z.int().min(0).max(1_000_000).nullable(),
  codeTable: CodeTableName.nullable(),
  rule: z.enum(['none', 'uscc', 'resident_id', 'organization_code', 'division']).meta({ description: 'the check its values must pass' }),
  source: z.string().max(200),
  retiredOn: LocalDate.nullable(),
})
export type DataElement = z.infer<typeof DataElement>

export const refusals = {
  'standards.unknown': { status: 404, text: { zh: '没有找到该代码表或数据元。', en: 'There is no such code table or data element.' } },
  'standards.element_taken': {
    status: 409,
    constraint: 'data_element_identifier_once',
    text: { zh: '该数据元标识符已被使用。', en: 'This data element identifier is taken.' },
  },
  'standards.version_taken': {
    status: 409,
    constraint: 'code_table_version_once',
    text: { zh: '他人刚刚发布了新版本，请刷新后在新版本上修改。', en: 'Someone has just published a new version. Refresh and change that one.' },
  },
  'standards.duplicate_code': {
    status: 422,
    params: z.object({ code: z.string() }),
    text: { zh: '代码 {code} 在表中重复。', en: 'Code {code} stands in the table twice.' },
  },
  'standards.unknown_parent': {
    status: 422,
    params: z.object({ code: z.string(), parent: z.string() }),
    text: { zh: '代码 {code} 的上级代码 {parent} 不在表中。', en: 'The parent {parent} of code {code} is not in the table.' },
  },
  'standards.parent_cycle': {
    status: 422,
    params: z.object({ code: z.string() }),
    text: {
      zh: '代码 {code} 的上级代码绕回了它自己，请核对上下级关系。',
      en: 'The parents of code {code} lead back to itself. Check which stands above which.',
    },
  },
  'standards.retired': { status: 409, text: { zh: '该数据元已停用。', en: 'This data element is retired already.' } },
} satisfies Refusals

export const rights = {
  'standards.maintain': { side: 'business', text: { zh: '发布代码表和数据元', en: 'Publish code tables and data elements' } },
} satisfies Rights

export const contract = {
  codeTables: query('GET /standards/code-tables', {
    summary: 'The current version of every code table, by title',
    right: SIGNED_IN,
    in: z.object({ text: z.string().max(60).optional() }),
    out: z.array(CodeTable),
  }),
  codeTable: query('GET /standards/code-tables/{name}', {
    summary: 'One code table with its codes in order; the current version where none is named',
    right: SIGNED_IN,
    in: z.object({ name: CodeTableName, version: z.int().optional() }),
    out: z.object({ table: CodeTable, codes: z.array(Code), versions: z.array(z.object({ version: z.int(), publishedOn: LocalDate })) }),
    refusals: ['standards.unknown'],
  }),
  publishCodeTable: command('POST /standards/code-tables/{name}', {
    summary: 'Publish the next version of a code table',
    right: 'standards.maintain',
    in: CodeTable.pick({ name: true, titleZh: true, titleEn: true, source: true, certain: true }).extend({
      after: z.int().min(0).meta({ description: 'the version this one was made from, 0 for a new table' }),
      codes: z.array(Code).min(1).max(20_000),
    }),
    out: CodeTable,
    refusals: ['standards.duplicate_code', 'standards.unknown_parent', 'standards.parent_cycle', 'standards.version_taken'],
  }),
  elements: query('GET /standards/elements', {
    summary: 'Data elements in use and retired, found by name or identifier, by identifier',
    right: SIGNED_IN,
    in: PageInput.extend({ text: z.string().max(60).optional() }),
    out: pageOf(DataElement),
  }),
  elementsByIdentifier: query('GET /standards/elements/batch', {
    summary: 'Data elements by their identifiers, retired ones too; unknown ones are left out',
    right: SIGNED_IN,
    in: z.object({ identifiers: z.array(z.string()).max(1000) }),
    out: z.array(DataElement),
  }),
  defineElement: command('POST /standards/elements', {
    summary: 'Define a data element',
    right: 'standards.maintain',
    in: DataElement.omit({ id: true, retiredOn: true }),
    out: DataElement,
    refusals: ['standards.element_taken', 'standards.unknown'],
  }),
  retireElement: command('POST /standards/elements/{id}/retire', {
    summary: 'Retire a data element; what uses it keeps it',
    right: 'standards.maintain',
    in: z.object({ id: Id }),
    out: DataElement,
    refusals: ['standards.unknown', 'standards.retired'],
  }),
}
