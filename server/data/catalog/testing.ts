/** Entries and those who work on them, for tests of this module and of those below it. */
import type { Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { TestPlatform } from '../../kernel/testing/testing.ts'
import { type Content, contract, type Entry, type Item } from './contract.ts'

export const CLASS = '102001'

const item = (name: string, column: string, type: Item['type'], wish: Partial<Item> = {}): Item => ({
  ...{ name, column, type, length: type === 'C' ? 100 : null, key: false, nullable: true, sensitive: false, element: null, codeTable: null, description: '' },
  ...wish,
})

/** A complete entry on the table that the nodes' tests read. */
export function contentOf(provider: Id, wish: Partial<Content> = {}): Content {
  return {
    ...{ name: '企业登记信息', class: CLASS, provider, providerOffice: '登记注册科' },
    ...{ abstract: '全市企业设立、变更、注销登记的当前状态', format: 'database', formatType: 'PostgreSQL', system: '' },
    items: [
      item('统一社会信用代码', 'uscc', 'C', { key: true, nullable: false }),
      item('企业名称', 'name', 'C'),
      item('注册资本', 'capital', 'Y'),
      item('成立日期', 'established_on', 'D'),
    ],
    share: { type: 'conditional', condition: '限于履行法定职责；使用范围：行政依据', basis: '', mode: 'platform_database' },
    open: { type: 'none', condition: '' },
    ...{ updateCycle: 'daily', related: [], tags: ['企业', '法人'], grade: 'general', classified: false },
    ...wish,
  }
}

/** The people of one provider and the officer of the bureau, and the way of an entry past all of them. */
export function catalogOf(t: TestPlatform, unit: Unit) {
  const at = (right: string, person: string) =>
    t.as({ rights: [right], unit: unit.id, person: `00000000-0000-4000-8000-0000000000${person}`, name: person })(contract)
  const people = {
    cataloguer: at('catalog.compile', '0a'),
    reviewer: at('catalog.review', '0b'),
    officer: t.as({ holdings: [{ right: 'catalog.publish', division: '379900' }], person: '00000000-0000-4000-8000-00000000000c', name: '0c' })(contract),
    reader: t.as({ person: '00000000-0000-4000-8000-00000000000d' })(contract),
  }

  async function publish(id: Id): Promise<Entry> {
    await people.cataloguer.submit({ id })
    await people.reviewer.approve({ id })
    return people.officer.publish({ id })
  }
  async function published(wish: Partial<Content> = {}): Promise<Entry> {
    const { head } = await people.cataloguer.compile({ content: contentOf(unit.id, wish) })
    return publish(head.id)
  }
  return { ...people, publish, published }
}

/** The 目 in which the entries of these tests stand. */
export function addTestClass(t: TestPlatform): Promise<unknown> {
  return t
    .as({ rights: ['catalog.publish'] })(contract)
    .addClass({ code: CLASS, name: '企业', parent: '102' })
}
