/** Pure: what an entry must satisfy before it may be submitted. 发改高技〔2017〕1272号 (core metadata), 国发〔2016〕51号, 国务院令第809号. */
import { parseResourceCode } from '../../kernel/identifiers.ts'
import type { Content, Format, Problem } from './contract.ts'
import { CODE_CLASS_LENGTH, nameKey } from './rules.ts'

/** What the rules ask of an entry's surroundings; where a part is not known its rules are left out. */
export type Surroundings = {
  /** The class under which the entry is published already. */
  publishedClass?: string | null
  /** Items that have a column in the bound table; null where no table is bound. */
  boundItems?: readonly string[] | null
  codeTables?: ReadonlySet<string>
}
type Rule = (content: Content, around: Surroundings) => Problem[]

const SHORTEST_ABSTRACT = 8
const NO_CONDITION = /^(无|没有)?[。.]?$/
/** A law or regulation by its title, or a decision of the State Council. */
const CITATION = /《[^》]{2,}》|国务院.*决定/
const STRUCTURED: readonly Format[] = ['database', 'spreadsheet', 'service']
/** File and database types by the kind they belong to; a type not listed is left to its provider. */
const KNOWN_TYPES: Partial<Record<Format, string>> = {
  document: 'ofd wps xml txt doc docx html pdf ppt pptx',
  spreadsheet: 'et xls xlsx csv',
  database: 'postgresql kingbasees dm gaussdb oceanbase oracle mysql db2 dbf access sqlserver',
  image: 'jpg jpeg png gif bmp tif tiff',
  media: 'mp4 mp3 avi rm mpg swf',
  service: 'rest webservice',
}

const problem = (path: string, rule: ProblemRule, params: Record<string, unknown> = {}): Problem => ({ path, rule, params })
const when = (broken: boolean, path: string, rule: ProblemRule, params?: Record<string, unknown>): Problem[] => (broken ? [problem(path, rule, params)] : [])

const rules: readonly Rule[] = [
  // 1–2 class and name
  ({ class: code }) => when(code.length < CODE_CLASS_LENGTH, 'class', 'class_too_wide'),
  ({ class: code }, { publishedClass }) => when(Boolean(publishedClass) && code !== publishedClass, 'class', 'class_fixed', { class: publishedClass }),
  ({ name, system }) => when(/(系统|平台)$/.test(name) || (system !== '' && nameKey(name) === nameKey(system)), 'name', 'name_is_system'),
  ({ name }) => when(/\s{2,}|^[^\p{L}\p{N}《“"(（]|[，。、；：,;:.]$/u.test(name), 'name', 'name_untidy'),
  // 6 abstract
  ({ abstract }) => when(abstract.length < SHORTEST_ABSTRACT, 'abstract', 'abstract_short', { least: SHORTEST_ABSTRACT }),
  ({ abstract, name }) => when(abstract !== '' && nameKey(abstract) === nameKey(name), 'abstract', 'abstract_repeats_name'),
  // 7 format
  ({ formatType }) => when(formatType.trim() === '', 'formatType', 'format_type_missing'),
  ({ format, formatType }) => when(formatOf(formatType, format) !== format, 'formatType', 'format_type_unfit', { type: formatType }),
  // 8 items
  ({ format, items }) => when(STRUCTURED.includes(format) && items.length === 0, 'items', 'items_missing'),
  ({ items }) => repeated(items.map(({ name }) => nameKey(name))).flatMap((at) => problem(`items.${at}.name`, 'item_name_twice', { name: items[at]!.name })),
  ({ items }) => repeated(items.map(({ column }) => column)).flatMap((at) => problem(`items.${at}.column`, 'item_column_twice', { column: items[at]!.column })),
  ({ items }) => items.flatMap(({ type, length, name }, at) => when(type === 'C' && !length, `items.${at}.length`, 'item_length_missing', { name })),
  ({ items }, { codeTables }) =>
    items.flatMap(({ codeTable }, at) =>
      when(codeTables !== undefined && codeTable !== null && !codeTables.has(codeTable), `items.${at}.codeTable`, 'code_table_unknown', { table: codeTable }),
    ),
  ({ format, share, items }) =>
    when(format === 'database' && share.type !== 'none' && items.length > 0 && !items.some(({ key }) => key), 'items', 'key_missing'),
  // 9 sharing
  ({ share }) => when(share.type === 'unconditional' && !NO_CONDITION.test(share.condition.trim()), 'share.condition', 'share_condition_superfluous'),
  ({ share }) => when(share.type === 'conditional' && NO_CONDITION.test(share.condition.trim()), 'share.condition', 'share_condition_missing'),
  ({ share }) => when(share.type === 'none' && !CITATION.test(share.basis), 'share.basis', 'share_basis_missing'),
  ({ share, format }) => when(share.type !== 'none' && !modeFits(share.mode, format), 'share.mode', 'share_mode_unfit'),
  // 10 opening
  ({ open }) => when(open.type === 'conditional' && NO_CONDITION.test(open.condition.trim()), 'open.condition', 'open_condition_missing'),
  ({ open, share }) => when(share.type === 'none' && open.type !== 'none', 'open.type', 'open_beyond_share'),
  ({ open, items }) => when(open.type === 'unconditional' && items.some(({ sensitive }) => sensitive), 'open.type', 'open_sensitive'),
  ({ open, grade }) => when(open.type === 'unconditional' && grade !== 'general', 'open.type', 'open_graded'),
  // 13 related resources
  ({ related }) => related.flatMap((code, at) => when(parseResourceCode(code) === undefined, `related.${at}`, 'related_malformed', { code })),
  // what may not be here, and what stands behind the entry
  ({ classified }) => when(classified, 'classified', 'classified'),
  ({ items }, { boundItems }) => {
    const missing = boundItems ? items.filter(({ column }) => !boundItems.includes(column)).map(({ name }) => name) : []
    return when(missing.length > 0, 'items', 'binding_incomplete', { items: missing })
  },
]

/** Every rule that a problem can name; `texts.ts` has a sentence for each. */
export type ProblemRule =
  | 'class_too_wide'
  | 'class_fixed'
  | 'name_is_system'
  | 'name_untidy'
  | 'abstract_short'
  | 'abstract_repeats_name'
  | 'format_type_missing'
  | 'format_type_unfit'
  | 'items_missing'
  | 'item_name_twice'
  | 'item_column_twice'
  | 'item_length_missing'
  | 'code_table_unknown'
  | 'key_missing'
  | 'share_condition_superfluous'
  | 'share_condition_missing'
  | 'share_basis_missing'
  | 'share_mode_unfit'
  | 'open_condition_missing'
  | 'open_beyond_share'
  | 'open_sensitive'
  | 'open_graded'
  | 'related_malformed'
  | 'classified'
  | 'binding_incomplete'

/** All that keeps an entry from being submitted, in the order of the form; empty where nothing does. */
export function problemsOf(content: Content, around: Surroundings = {}): Problem[] {
  return rules.flatMap((rule) => rule(content, around))
}

/** The kind of format a type belongs to; the given one where the type is not listed. */
function formatOf(type: string, given: Format): Format {
  const word = type.toLowerCase().replace(/[^a-z0-9]/g, '')
  const kinds = Object.entries(KNOWN_TYPES) as [Format, string][]
  const known = kinds.filter(([, types]) => types.split(' ').includes(word)).map(([kind]) => kind)
  return known.length === 0 || known.includes(given) ? given : known[0]!
}

/** Mail and media carry anything; the platform's own ways carry what they are made for. */
function modeFits(mode: Content['share']['mode'], format: Format): boolean {
  if (mode === 'platform_database') return format === 'database'
  if (mode === 'platform_service') return format === 'database' || format === 'service'
  return format !== 'service'
}

/** Places of the values that occurred before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, at) => (values.indexOf(value) < at ? [at] : []))
}
