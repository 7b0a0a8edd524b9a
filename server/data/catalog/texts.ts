/** Words of the catalogue: its values, its moves, and for every rule of compilation a sentence that says what to do. */
import type { z } from 'zod'
import type { Labels, Text } from '../../kernel/texts.ts'
import type { ProblemRule } from './compilation.rules.ts'
import type { ClassKind, Content, EntryState, Format, OpenType, ShareMode, ShareType, Step, UpdateCycle } from './contract.ts'
import type { Move } from './rules.ts'

export const shareTypes = {
  unconditional: { zh: '无条件共享', en: 'Shared without conditions' },
  conditional: { zh: '有条件共享', en: 'Shared on conditions' },
  none: { zh: '不予共享', en: 'Not shared' },
} satisfies Labels<ShareType>

export const openTypes = {
  unconditional: { zh: '无条件开放', en: 'Open without conditions' },
  conditional: { zh: '有条件开放', en: 'Open on conditions' },
  none: { zh: '不予开放', en: 'Not open' },
} satisfies Labels<OpenType>

export const updateCycles = {
  realtime: { zh: '实时', en: 'Real time' },
  daily: { zh: '每日', en: 'Daily' },
  weekly: { zh: '每周', en: 'Weekly' },
  monthly: { zh: '每月', en: 'Monthly' },
  quarterly: { zh: '每季度', en: 'Quarterly' },
  half_yearly: { zh: '每半年', en: 'Every half-year' },
  yearly: { zh: '每年', en: 'Yearly' },
  irregular: { zh: '不定期', en: 'Irregular' },
} satisfies Labels<UpdateCycle>

export const formats = {
  document: { zh: '电子文件', en: 'Document' },
  spreadsheet: { zh: '电子表格', en: 'Spreadsheet' },
  database: { zh: '数据库', en: 'Database' },
  image: { zh: '图形图像', en: 'Image' },
  media: { zh: '流媒体', en: 'Audio or video' },
  self_describing: { zh: '自描述格式', en: 'Self-describing format' },
  service: { zh: '服务接口', en: 'Service interface' },
} satisfies Labels<Format>

export const shareModes = {
  platform_database: { zh: '平台库表交换', en: 'Table exchange on the platform' },
  platform_file: { zh: '平台文件交换', en: 'File exchange on the platform' },
  platform_service: { zh: '平台服务接口', en: 'Service on the platform' },
  mail: { zh: '邮件', en: 'Mail' },
  medium: { zh: '介质交换', en: 'Data medium' },
} satisfies Labels<ShareMode>

export const classKinds = {
  base: { zh: '基础信息资源', en: 'Base information' },
  theme: { zh: '主题信息资源', en: 'Thematic information' },
  department: { zh: '部门信息资源', en: 'Departmental information' },
} satisfies Labels<ClassKind>

export const grades = {
  general: { zh: '一般数据', en: 'General data' },
  important: { zh: '重要数据', en: 'Important data' },
  core: { zh: '核心数据', en: 'Core data' },
} satisfies Labels<Content['grade']>

export const entryStates = {
  draft: { zh: '草稿', en: 'Draft' },
  department_review: { zh: '待部门审核', en: 'In the department’s review' },
  bureau_review: { zh: '待主管部门复核', en: 'In the bureau’s review' },
  returned: { zh: '已退回', en: 'Returned' },
  published: { zh: '已发布', en: 'Published' },
  withdrawn: { zh: '已撤销', en: 'Withdrawn' },
} satisfies Labels<EntryState>

export const moveTexts = {
  revise: { zh: '编辑', en: 'Edit' },
  submit: { zh: '提交审核', en: 'Submit for review' },
  bind: { zh: '挂接数据源', en: 'Bind to a source' },
  approve: { zh: '部门审核通过', en: 'Approve for the department' },
  return: { zh: '退回修改', en: 'Return' },
  publish: { zh: '发布', en: 'Publish' },
  withdraw: { zh: '撤销', en: 'Withdraw' },
} satisfies Labels<Move>

export const steps = {
  drafted: { zh: '开始编制', en: 'Drafted' },
  changed: { zh: '修改', en: 'Changed' },
  submitted: { zh: '提交审核', en: 'Submitted' },
  department_approved: { zh: '部门审核通过', en: 'Approved by the department' },
  returned: { zh: '退回', en: 'Returned' },
  published: { zh: '发布', en: 'Published' },
  withdrawn: { zh: '撤销', en: 'Withdrawn' },
  bound: { zh: '挂接', en: 'Bound' },
} satisfies Labels<z.infer<typeof Step>['act']>

export const problemTexts: Record<ProblemRule, Text> = {
  class_too_wide: { zh: '分类太粗：请选到“目”或“细目”一级。', en: 'The class is too wide: choose one at the third level or below.' },
  class_fixed: {
    zh: '已发布目录的分类不能更改（{class}）。确需更改的，请撤销后重新编制。',
    en: 'The class of a published entry stays ({class}). To change it, withdraw the entry and compile a new one.',
  },
  name_is_system: { zh: '名称应说明数据内容，不要用信息系统的名称。', en: 'Name what the data are about, not the system they come from.' },
  name_untidy: { zh: '名称首尾有标点或含连续空格，请删去。', en: 'The name has punctuation at an end or doubled blanks: remove them.' },
  abstract_short: {
    zh: '摘要至少写 {least} 个字，说明内容和关键信息项。',
    en: 'Write an abstract of at least {least} characters: what it holds and its main items.',
  },
  abstract_repeats_name: { zh: '摘要只重复了名称，请说明内容和关键信息项。', en: 'The abstract only repeats the name: say what it holds and its main items.' },
  format_type_missing: { zh: '请填写格式类型，如 PostgreSQL、xlsx、OFD。', en: 'Give the type of the format, as PostgreSQL, xlsx or OFD.' },
  format_type_unfit: {
    zh: '格式类型“{type}”不属于所选的格式分类，请改正其一。',
    en: 'Type “{type}” does not belong to the chosen kind of format: mend one of them.',
  },
  items_missing: { zh: '数据库、电子表格和服务接口必须列出信息项。', en: 'Databases, spreadsheets and services must list their items.' },
  item_name_twice: { zh: '信息项名称“{name}”重复，请改名或删除。', en: 'Item name “{name}” occurs twice: rename or remove one.' },
  item_column_twice: { zh: '英文名 {column} 重复，请改名。', en: 'Column {column} occurs twice: rename one.' },
  item_length_missing: { zh: '请填写字符型信息项“{name}”的长度。', en: 'Give the length of the text item “{name}”.' },
  code_table_unknown: {
    zh: '没有代码表 {table}，请从标准中选择，或先发布该代码表。',
    en: 'There is no code table {table}: choose one of the standards, or publish it first.',
  },
  key_missing: {
    zh: '请标出能唯一确定一行的主键信息项，否则不能增量交换和对账。',
    en: 'Mark the items that tell rows apart as key, or the data can be neither refreshed nor reconciled.',
  },
  share_condition_superfluous: {
    zh: '无条件共享不应有共享条件：请删去条件，或改为有条件共享。',
    en: 'What is shared without conditions has none: remove the condition, or share on conditions.',
  },
  share_condition_missing: {
    zh: '有条件共享必须写明共享条件和使用范围（如行政依据、工作参考、数据校核、业务协同）。',
    en: 'State the conditions and the permitted uses (decision basis, reference, verification, joint service).',
  },
  share_basis_missing: {
    zh: '不予共享必须列明法律、行政法规或者国务院决定的依据，如《××法》第×条。',
    en: 'Cite the law, administrative regulation or State Council decision that forbids sharing, with its article.',
  },
  share_mode_unfit: {
    zh: '共享方式与格式不符：库表用库表交换，文件用文件交换，接口用服务接口。',
    en: 'The way of sharing does not fit the format: tables by table exchange, files by file exchange, services as services.',
  },
  open_condition_missing: { zh: '有条件开放必须写明开放条件。', en: 'State the conditions on which it is open.' },
  open_beyond_share: {
    zh: '不予共享的信息不能向社会开放，请改为不予开放。',
    en: 'What is not shared within government cannot be open to the public: set it to not open.',
  },
  open_sensitive: {
    zh: '含敏感信息项，不能无条件开放：请去掉敏感项，或改为有条件开放、不予开放。',
    en: 'It has sensitive items and cannot be open without conditions: remove them, or set conditions, or do not open it.',
  },
  open_graded: {
    zh: '重要数据和核心数据不能无条件开放，请改为有条件开放或不予开放。',
    en: 'Important and core data cannot be open without conditions: set conditions, or do not open it.',
  },
  related_malformed: {
    zh: '关联资源代码“{code}”格式不对，应如 30301702/00012。',
    en: 'Related code “{code}” is not well formed; it should look like 30301702/00012.',
  },
  classified: {
    zh: '涉密信息不得进入本平台，请按保密规定在涉密网络处理。',
    en: 'State secrets may not enter this platform: handle them on the classified network.',
  },
  binding_incomplete: { zh: '已挂接的表还缺这些信息项的列：{items}。请重新挂接。', en: 'The bound table has no column yet for: {items}. Bind again.' },
}
