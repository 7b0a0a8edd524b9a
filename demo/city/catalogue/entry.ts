/** The shape of a catalogue entry (政务信息资源目录编制指南, core metadata) and the short form in which the departments' files write it. */
import type { DatabaseName } from '../databases.ts'
import type { Column, ItemType, Table } from '../registers/table.ts'
import type { CityUnitKey } from '../units.ts'

/** 信息项. */
export type CatalogueItem = { title: string; column: string; type: ItemType; length: number; key: boolean; sensitive: boolean; note: string | null }

/** 格式: the code of its kind (1 file, 2 sheet, 3 database, 4 picture, 6 self-describing, 7 interface) and its type. */
export type Format = { category: 1 | 2 | 3 | 4 | 6 | 7; type: string; description: string | null }

/** 共享属性. Type 2 has a condition, type 3 the basis in law; type 1 has neither. */
export type Share = { type: 1; condition: null; basis: null } | { type: 2; condition: string; basis: null } | { type: 3; condition: null; basis: string }

/** 开放属性: 1 to everyone, 2 on a condition, 3 not at all. */
export type Open = { type: 1; condition: null } | { type: 2; condition: string } | { type: 3; condition: null }

/** 更新周期, by name because the code tables in use disagree. */
export type Cycle = 'realtime' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'half_yearly' | 'yearly' | 'irregular'

export type CatalogueEntry = {
  /** 信息资源代码: class path, a slash, five digits within the class. */
  code: string
  name: string
  abstract: string
  /** Class path of eight digits: 类 1, 项 2, 目 3, 细目 2; its name is in `classes`. */
  class: string
  /** Key of the providing unit. */
  provider: CityUnitKey
  format: Format
  items: readonly CatalogueItem[]
  share: Share
  /** 共享方式 on the platform, by table, file or interface; null where nothing is shared. */
  shareMode: 'table' | 'file' | 'interface' | null
  open: Open
  cycle: Cycle
  /** 发布日期, YYYY-MM-DD. */
  releasedOn: string
  /** Codes of the entries it goes with. */
  related: readonly string[]
  tags: readonly string[]
  /** 数据分级 of the Data Security Law. */
  grade: 'general' | 'important'
  /** 敏感级别: 1 open to all, 2 internal, 3 personal, 4 personal and of consequence. */
  sensitivity: 1 | 2 | 3 | 4
  /** The real table behind it, where the demonstration has one. */
  source: { database: DatabaseName; schema: string; table: string } | null
}

/** An entry as a department's file writes it; what is left out has the default named here. */
export type Draft = {
  name: string
  /** The eight digits, or two: a 细目 of the department's own class. */
  class: string
  abstract: string
  /** `title column type…` parted by commas, see `itemsOf`; or the table that holds it. */
  items: string | { database: DatabaseName; table: Table }
  share: Share
  cycle: Cycle
  tags: readonly string[]
  /** Not open. */
  open?: Open
  /** A database table. */
  format?: Format
  /** Names of other entries; none. */
  related?: readonly string[]
  /** general. */
  grade?: 'important'
}
export type DepartmentDrafts = { provider: CityUnitKey; drafts: readonly Draft[] }

export function department(provider: CityUnitKey, drafts: readonly Draft[]): DepartmentDrafts {
  return { provider, drafts }
}

/** 无条件共享. */
export const free: Share = { type: 1, condition: null, basis: null }
/** 有条件共享: for which duty, and to which ends among 行政依据, 工作参考, 数据校核, 业务协同. */
export function onCondition(duty: string, ...ends: readonly ('行政依据' | '工作参考' | '数据校核' | '业务协同')[]): Share {
  return { type: 2, condition: `限于${duty}，申请时注明办理事项和依据；使用范围：${ends.join('、')}；不得转交第三方`, basis: null }
}
/** 不予共享, by this law, administrative regulation or decision of the State Council. */
export function withheld(basis: string): Share {
  return { type: 3, condition: null, basis }
}
export const openToAll: Open = { type: 1, condition: null }
export function openOnCondition(condition: string): Open {
  return { type: 2, condition }
}
export const notOpen: Open = { type: 3, condition: null }

export const databaseFormat: Format = { category: 3, type: 'PostgreSQL', description: null }
export const sheet: Format = { category: 2, type: 'xlsx', description: null }
export const documents: Format = { category: 1, type: 'OFD', description: null }
export const service: Format = { category: 7, type: 'REST', description: null }
export const pictures: Format = { category: 4, type: 'jpg', description: null }
export const geographic: Format = { category: 6, type: 'GeoJSON', description: 'CGCS2000 坐标系的矢量要素，含属性表' }

const ITEM = /^(\S+) ([a-z][a-z0-9_]*) ([CNYDTLMI])(\d*)(\*?)(!?)$/
const FIXED_LENGTH = 'DTL'

/**
 * Items from their short form: `统一社会信用代码 uscc C18*, 法定代表人 legal_rep C60!`: title, column, type with length, `*` for a key, `!`
 * for what is sensitive. Throws on a form it cannot read.
 */
export function itemsOf(short: string): CatalogueItem[] {
  return short.split(',').map((part) => {
    const [, title, column, type, length, key, sensitive] = ITEM.exec(part.trim()) ?? []
    if (!title || !column || !type || Boolean(length) === FIXED_LENGTH.includes(type)) throw new Error(`no catalogue item: «${part.trim()}»`)
    return { title, column, type: type as ItemType, length: Number(length), key: key === '*', sensitive: sensitive === '!', note: null }
  })
}

export function itemOf(column: Column): CatalogueItem {
  const { title, name, item, length, key = false, sensitive = false, note = null } = column
  return { title, column: name, type: item, length, key, sensitive, note }
}
