/** A catalogue entry of the city, and the short form in which the departments' files write it. */
import type { Content, Item } from '@zhenghe/server/data/catalog/contract.ts'
import { ItemType } from '@zhenghe/server/support/standards/contract.ts'
import type { DatabaseName } from '../databases.ts'
import type { Column, Table } from '../registers/table.ts'
import type { CityUnitKey } from '../units.ts'

export type CatalogueEntry = {
  /** 信息资源代码: class path, a slash, five digits counted within the class in the order of the list. */
  code: string
  /** Key of the providing unit. */
  provider: CityUnitKey
  /** What the provider's cataloguer fills in; the platform's id of the provider is still to be added. */
  content: Omit<Content, 'provider'>
  /** 发布日期, YYYY-MM-DD. */
  releasedOn: string
  /** The real table behind it, where the demonstration has one. */
  source: { database: DatabaseName; schema: string; table: string } | null
}

export type Share = Omit<Content['share'], 'mode'>
export type Open = Content['open']
export type FormatOf = Pick<Content, 'format' | 'formatType'>

/** An entry as a department's file writes it; what is left out has the default named here. */
export type Draft = {
  name: string
  /** The eight digits, or two: a 细目 of the department's own class. */
  class: string
  abstract: string
  /** `title column type…` parted by commas, see `itemsOf`; or the table that holds it. */
  items: string | { database: DatabaseName; table: Table }
  share: Share
  cycle: Content['updateCycle']
  tags: readonly string[]
  /** Not open. */
  open?: Open
  /** A database table. */
  format?: FormatOf
  /** Names of other entries; none. */
  related?: readonly string[]
  /** general. */
  grade?: 'important'
  /** The information system it comes from; not told. */
  system?: string
}
export type DepartmentDrafts = { provider: CityUnitKey; drafts: readonly Draft[] }

export function department(provider: CityUnitKey, drafts: readonly Draft[]): DepartmentDrafts {
  return { provider, drafts }
}

/** 无条件共享. */
export const free: Share = { type: 'unconditional', condition: '', basis: '' }
/** 有条件共享: for which duty, and to which ends. */
export function onCondition(duty: string, ...ends: readonly ('行政依据' | '工作参考' | '数据校核' | '业务协同')[]): Share {
  return { type: 'conditional', condition: `限于${duty}，申请时注明办理事项和依据；使用范围：${ends.join('、')}；不得转交第三方`, basis: '' }
}
/** 不予共享, by this law, administrative regulation or decision of the State Council. */
export function withheld(basis: string): Share {
  return { type: 'none', condition: '', basis }
}
export const openToAll: Open = { type: 'unconditional', condition: '' }
export function openOnCondition(condition: string): Open {
  return { type: 'conditional', condition }
}
export const notOpen: Open = { type: 'none', condition: '' }

export const databaseFormat: FormatOf = { format: 'database', formatType: 'PostgreSQL' }
export const sheet: FormatOf = { format: 'spreadsheet', formatType: 'xlsx' }
export const documents: FormatOf = { format: 'document', formatType: 'OFD' }
export const service: FormatOf = { format: 'service', formatType: 'REST' }
export const pictures: FormatOf = { format: 'image', formatType: 'jpg' }
/** Vector features in CGCS2000 with their attribute table. */
export const geographic: FormatOf = { format: 'self_describing', formatType: 'GeoJSON（CGCS2000 坐标系矢量要素及属性表）' }

const ITEM = /^(\S+) ([a-z][a-z0-9_]*) ([CNYDTLMI])(\d*)(\*?)(!?)$/
const FIXED_LENGTH = 'DTL'
const PLAIN = { element: null, codeTable: null, description: '' } as const

/**
 * Items from their short form: `统一社会信用代码 uscc C18*, 法定代表人 legal_rep C60!`: title, column, type with length, `*` for a key, `!`
 * for what is sensitive. Throws on a form it cannot read.
 */
export function itemsOf(short: string): Item[] {
  return short.split(',').map((part) => {
    const [, name, column, type, length, key, sensitive] = ITEM.exec(part.trim()) ?? []
    const itemType = ItemType.safeParse(type).data
    if (!name || !column || !itemType || Boolean(length) === FIXED_LENGTH.includes(itemType)) throw new Error(`no catalogue item: «${part.trim()}»`)
    return {
      ...PLAIN,
      name,
      column,
      type: itemType,
      length: length ? Number(length) : null,
      key: key === '*',
      nullable: key !== '*',
      sensitive: sensitive === '!',
    }
  })
}

/** The item that stands on that column of a real table. */
export function itemOf({ title, name, item, length, key = false, sensitive = false, nullable = false, note = '' }: Column): Item {
  return { ...PLAIN, name: title, column: name, type: item, length: length || null, key, nullable, sensitive, description: note }
}
