import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { smallCity } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { standards } from '../../support/standards/module.ts'
import { nodes } from '../nodes/module.ts'
import { nodesOf, SOURCE, TABLE } from '../nodes/testing.ts'
import { contract } from './contract.ts'
import { catalog } from './module.ts'
import { addTestClass, catalogOf, contentOf } from './testing.ts'

const t = await testPlatform([organizations, standards, nodes, catalog])
const city = await smallCity(t)
const unit = await city.newUnit({ name: '市场监督管理局' })
const other = await city.newUnit()
await addTestClass(t)
const { published, publish, cataloguer, reader } = catalogOf(t, unit)
const binder = t.as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: unit.id })(contract)
const beside = nodesOf(t, unit)
const { id: node } = await beside.active('登记库前置机')
await beside.reads(node, [TABLE])

const columns = Object.fromEntries(contentOf(unit.id).items.map(({ column }) => [column, column]))
const place = { node, store: SOURCE.id, schema: TABLE.schema, table: TABLE.table }

test('挂接: an entry stands on a real table, and users of the catalogue read its types and key', async () => {
  const { head } = await published({ name: '已挂接' })
  const { binding, head: bound, steps } = await binder.bind({ id: head.id, ...place, columns })
  expect(bound.bound).toBe(true)
  expect(binding).toMatchObject({ nodeName: '登记库前置机', shape: TABLE.shape, keys: ['uscc'], rows: TABLE.rows, types: { capital: 'numeric' } })
  expect(steps.at(-1)).toMatchObject({ act: 'bound', note: '登记库前置机 · registry · registration.legal_entity' })
  expect((await reader.published({ id: head.id })).binding).toEqual(binding)
})

test('挂接 is refused where node, table, columns or key do not fit', async () => {
  const { head } = await published({ name: '挂不上' })
  const bind = (wish: Partial<Parameters<typeof binder.bind>[0]>) => binder.bind({ id: head.id, ...place, columns, ...wish })
  const foreign = nodesOf(t, other)
  const { id: elsewhere } = await foreign.active('别人的前置机')
  for (const [wish, code] of [
    [{ table: 'nothing' }, 'catalog.unknown_table'],
    [{ store: 'nothing' }, 'catalog.unknown_table'],
    [{ node: unit.id }, 'nodes.unknown'],
    [{ node: elsewhere }, 'nodes.unknown'],
    [{ columns: { uscc: 'uscc' } }, 'catalog.columns_missing'],
    [{ columns: { ...columns, name: 'place' } }, 'catalog.column_unfit'],
    [{ columns: { ...columns, uscc: 'name' } }, 'catalog.no_key'],
  ] as const)
    await expect(bind(wish)).rejects.toMatchObject({ code })
  expect((await reader.entry({ id: head.id })).binding).toBeNull()
})

test('a later version is published only when the bound table carries its items', async () => {
  const { head } = await published({ name: '加一项' })
  const { id } = head
  await binder.bind({ id, ...place, columns })
  const { items } = contentOf(unit.id)
  const wider = contentOf(unit.id, { name: '加一项', items: [...items, { ...items[1]!, name: '曾用名', column: 'former_name' }] })
  await cataloguer.revise({ id, content: wider })
  await expect(cataloguer.submit({ id })).rejects.toMatchObject({
    params: { problems: [{ rule: 'binding_incomplete', params: { items: ['曾用名'] } }] },
  })
  await binder.bind({ id, ...place, columns: { ...columns, former_name: 'name' } })
  expect((await publish(id)).binding?.columns).toMatchObject({ former_name: 'name' })
})
