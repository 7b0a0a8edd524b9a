import { expect, test } from 'vitest'
import { type ProblemRule, problemsOf, type Surroundings } from './compilation.rules.ts'
import type { Content, Item } from './contract.ts'
import { Content as ContentShape } from './contract.ts'
import { contentOf } from './testing.ts'
import { problemTexts } from './texts.ts'

const base = contentOf('8f6f0b52-6f5e-4f6e-9b53-0d6f3c1f6a10')
const share = (wish: Partial<Content['share']>): Partial<Content> => ({ share: { ...base.share, ...wish } })
const open = (type: Content['open']['type'], condition = ''): Partial<Content> => ({ open: { type, condition } })
const itemsWith = (wish: Partial<Item>): Partial<Content> => ({ items: [base.items[0]!, { ...base.items[1]!, ...wish }, ...base.items.slice(2)] })
const rulesOf = (wish: Partial<Content>, around: Surroundings = {}) => problemsOf({ ...base, ...wish }, around).map(({ rule, path }) => `${path} ${rule}`)

test('a complete entry has no problem', () => {
  expect(ContentShape.safeParse(base).success).toBe(true)
  expect(problemsOf(base, { publishedClass: base.class, boundItems: base.items.map(({ column }) => column), codeTables: new Set() })).toEqual([])
})

const broken: readonly [string, Partial<Content>, string, Surroundings?][] = [
  ['1 分类: a 项 is too wide for a code', { class: '102' }, 'class class_too_wide'],
  ['1 分类: the class of a published entry stays', { class: '102002' }, 'class class_fixed', { publishedClass: '102001' }],
  ['2 名称: not the name of a system', { name: '企业登记管理系统' }, 'name name_is_system'],
  ['2 名称: not the system’s own name', { name: '智慧登记', system: '智慧 登记' }, 'name name_is_system'],
  ['2 名称: no punctuation at its ends', { name: '企业登记信息。' }, 'name name_untidy'],
  ['2 名称: no doubled blanks', { name: '企业  登记信息' }, 'name name_untidy'],
  ['6 摘要: says something', { abstract: '登记' }, 'abstract abstract_short'],
  ['6 摘要: more than the name', { name: '企业登记注册信息', abstract: '企业登记注册信息。' }, 'abstract abstract_repeats_name'],
  ['7 格式: has a type', { formatType: ' ' }, 'formatType format_type_missing'],
  ['7 格式: a type of that kind', { formatType: 'XLSX' }, 'formatType format_type_unfit'],
  ['8 信息项: structured data list theirs', { items: [] }, 'items items_missing'],
  ['8 信息项: names differ', itemsWith({ name: '统一社会信用代码' }), 'items.1.name item_name_twice'],
  ['8 信息项: columns differ', itemsWith({ column: 'uscc' }), 'items.1.column item_column_twice'],
  ['8 信息项: texts have a length', itemsWith({ length: null }), 'items.1.length item_length_missing'],
  ['8 信息项: code tables exist', itemsWith({ codeTable: 'sexes' }), 'items.1.codeTable code_table_unknown', { codeTables: new Set(['sex']) }],
  ['8 信息项: a shared table has a key', { items: base.items.slice(1) }, 'items key_missing'],
  ['9 共享: 无条件 has no condition', share({ type: 'unconditional', condition: '需申请' }), 'share.condition share_condition_superfluous'],
  ['9 共享: 有条件 states its condition', share({ condition: '无' }), 'share.condition share_condition_missing'],
  ['809号 15: 不予共享 cites law', share({ type: 'none', basis: '领导要求' }), 'share.basis share_basis_missing'],
  ['9 共享方式 fits the format', { ...share({ mode: 'platform_database' }), format: 'spreadsheet', formatType: 'xlsx' }, 'share.mode share_mode_unfit'],
  ['9 共享方式: an interface is a service', { ...share({ mode: 'mail' }), format: 'service', formatType: 'REST' }, 'share.mode share_mode_unfit'],
  ['10 开放: 有条件 states its condition', open('conditional'), 'open.condition open_condition_missing'],
  ['10 开放: not beyond sharing', { ...share({ type: 'none', basis: '《统计法》第九条' }), ...open('conditional', '实名申请') }, 'open.type open_beyond_share'],
  ['10 开放: nothing sensitive without conditions', { ...itemsWith({ sensitive: true }), ...open('unconditional') }, 'open.type open_sensitive'],
  ['10 开放: graded data not without conditions', { grade: 'important', ...open('unconditional') }, 'open.type open_graded'],
  ['13 关联资源代码 are codes', { related: ['30301702/00012', '企业变更'] }, 'related.1 related_malformed'],
  ['state secrets stay outside', { classified: true }, 'classified classified'],
  ['挂接: a bound table has a column for every item', {}, 'items binding_incomplete', { boundItems: ['uscc', 'name', 'capital'] }],
]

test.each(broken)('%s', (_, wish, found, around) => {
  expect(rulesOf(wish, around)).toContain(found)
})

test('every rule is tried above, and has its sentence', () => {
  const tried = new Set(broken.map(([, , found]) => found.split(' ').at(-1)))
  expect([...tried].sort()).toEqual(Object.keys(problemTexts).sort())
})

test('each broken rule is found without others', () => {
  const alone: readonly ProblemRule[] = ['share_condition_missing', 'abstract_short', 'item_length_missing', 'related_malformed']
  for (const [, wish, found] of broken) if (alone.some((rule) => found.endsWith(rule))) expect(rulesOf(wish)).toEqual([found])
})

test.each([
  ['不予共享 with its basis', share({ type: 'none', basis: '《中华人民共和国统计法》第九条' })],
  ['无条件共享 with «无»', share({ type: 'unconditional', condition: '无' })],
  ['a file', { ...share({ mode: 'platform_file' }), format: 'document', formatType: 'OFD', items: [] }],
  ['a type the platform does not know', { formatType: 'TiDB' }],
  ['open on conditions, with sensitive items', { ...itemsWith({ sensitive: true }), ...open('conditional', '实名认证并承诺用途') }],
] as const)('nothing is wrong with %s', (_, wish) => {
  expect(rulesOf(wish as Partial<Content>)).toEqual([])
})
