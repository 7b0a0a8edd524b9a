import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { race, smallCity } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { standards } from '../../support/standards/module.ts'
import { nodes } from '../nodes/module.ts'
import { contract } from './contract.ts'
import { catalog } from './module.ts'
import { addTestClass, CLASS, catalogOf, contentOf } from './testing.ts'

const t = await testPlatform([organizations, standards, nodes, catalog])
const city = await smallCity(t)
const unit = await city.newUnit({ name: '市场监督管理局' })
const bureau = await city.newUnit({ name: '大数据局' })
await city.appointer.appoint({ person: (await city.newPerson(bureau)).id, post: 'bureau_officer', unit: bureau.id })
await addTestClass(t)
const { cataloguer, reviewer, officer, reader, published, publish } = catalogOf(t, unit)

const waiting = async (subject: string) =>
  (await t.todos()).filter((todo) => todo.subject === subject).map(({ kind, unit: at, right, params }) => ({ kind, at, right, params }))
/** The events about an entry, by name: the clock of these tests stands still. */
const told = async (entry: string) =>
  (await t.outbox())
    .filter(({ payload }) => payload.entry === entry)
    .map(({ name }) => name)
    .sort()

test('编目 → 审核 → 发布: an entry passes from hand to hand, and each is told', async () => {
  const { head, draft } = await cataloguer.compile({ content: contentOf(unit.id) })
  const { id } = head
  expect(head).toMatchObject({ state: 'draft', version: 1, providerName: '市场监督管理局', className: '企业', bound: false, publishedOn: null })
  expect(head.code).toMatch(new RegExp(`^${CLASS}/\\d{5}$`))
  expect(draft).toMatchObject({ version: 1, state: 'draft', returnReason: null })

  await cataloguer.submit({ id, note: '请审核' })
  expect(await waiting(id)).toEqual([{ kind: 'catalog.review', at: unit.id, right: 'catalog.review', params: { name: '企业登记信息' } }])
  await reviewer.approve({ id })
  expect(await waiting(id)).toEqual([
    { kind: 'catalog.publish', at: bureau.id, right: 'catalog.publish', params: { name: '企业登记信息', provider: '市场监督管理局' } },
  ])
  const entry = await officer.publish({ id })
  expect(entry.head).toMatchObject({ state: 'published', publishedOn: '2026-11-23' })
  expect(entry.draft).toBeNull()
  expect(entry.steps.map(({ act, byName }) => `${act} ${byName}`)).toEqual(['drafted 0a', 'submitted 0a', 'department_approved 0b', 'published 0c'])
  expect(await waiting(id)).toEqual([])
  expect(await told(id)).toEqual(['catalog.published'])
  const line = (await t.ledger()).find(({ endpoint, subjects }) => endpoint === contract.publish.at && subjects.includes(`catalog.entry:${id}`))
  expect(line?.body).toContain('contentDigest')
})

test('what is incomplete is not submitted, and the answer names every point', async () => {
  const { head } = await cataloguer.compile({
    content: contentOf(unit.id, { name: '不完整', abstract: '短', share: { type: 'none', condition: '', basis: '', mode: 'platform_database' } }),
  })
  await expect(cataloguer.submit({ id: head.id })).rejects.toMatchObject({
    code: 'catalog.incomplete',
    params: {
      problems: [
        { rule: 'abstract_short', path: 'abstract' },
        { rule: 'share_basis_missing', path: 'share.basis' },
      ],
    },
  })
})

test('an item may follow only a code table that the standards have', async () => {
  const [key, ...rest] = contentOf(unit.id).items
  const withTable = (codeTable: string) => contentOf(unit.id, { name: `代码表 ${codeTable}`, items: [key!, { ...rest[0]!, codeTable }] })
  const bad = await cataloguer.compile({ content: withTable('no_such_table') })
  await expect(cataloguer.submit({ id: bad.head.id })).rejects.toMatchObject({ params: { problems: [{ rule: 'code_table_unknown' }] } })
  const good = await cataloguer.compile({ content: withTable('sex') })
  expect((await cataloguer.submit({ id: good.head.id })).head.state).toBe('department_review')
})

test('退回: a returned draft waits at its cataloguers with the reason, and may be submitted again', async () => {
  const { head } = await cataloguer.compile({ content: contentOf(unit.id, { name: '退回的目录' }) })
  const { id } = head
  await cataloguer.submit({ id })
  await expect(cataloguer.returnDraft({ id, reason: '自己退回' })).rejects.toMatchObject({ code: 'catalog.not_yours' })
  await reviewer.approve({ id })
  await expect(reviewer.returnDraft({ id, reason: '已不归部门' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  const { draft } = await officer.returnDraft({ id, reason: '摘要不清' })
  expect(draft).toMatchObject({ state: 'returned', returnReason: '摘要不清' })
  expect(await waiting(id)).toMatchObject([{ kind: 'catalog.mend', at: unit.id, right: 'catalog.compile' }])
  await cataloguer.revise({ id, content: contentOf(unit.id, { name: '退回的目录', abstract: '重新写过的摘要内容' }), after: draft!.changedAt })
  expect((await publish(id)).head.state).toBe('published')
  await expect(officer.returnDraft({ id, reason: '太迟' })).rejects.toMatchObject({ code: 'catalog.wrong_state', params: { state: 'published' } })
})

test('nobody reviews what they compiled', async () => {
  const both = t.as({ rights: ['catalog.compile', 'catalog.review'], unit: unit.id })(contract)
  const { head } = await both.compile({ content: contentOf(unit.id, { name: '自编自审' }) })
  await both.submit({ id: head.id })
  await expect(both.approve({ id: head.id })).rejects.toMatchObject({ code: 'catalog.own_work' })
})

test('a change makes the next version; the published one stays until it is reviewed', async () => {
  const { head } = await published({ name: '有变更的目录' })
  const { id } = head
  const next = contentOf(unit.id, { name: '有变更的目录', updateCycle: 'weekly' })
  const revised = await cataloguer.revise({ id, content: next })
  expect(revised).toMatchObject({ head: { version: 1, state: 'published', updateCycle: 'daily' }, draft: { version: 2, state: 'draft', content: next } })
  expect((await reader.entry({ id })).draft).toBeNull()
  await expect(reader.entry({ id, version: 2 })).rejects.toMatchObject({ code: 'catalog.unknown' })
  expect((await cataloguer.entry({ id, version: 2 })).head).toMatchObject({ version: 2, state: 'draft', updateCycle: 'weekly' })
  expect(await publish(id)).toMatchObject({ head: { version: 2, updateCycle: 'weekly' }, versions: [{ version: 1 }, { version: 2 }] })
  expect((await reader.published({ id, version: 1 })).content.updateCycle).toBe('daily')
  expect(await reader.published({ id })).toMatchObject({ version: 2, withdrawn: false, binding: null, code: head.code })
})

test('a published version never changes, whoever tries', async () => {
  const { head } = await published({ name: '不可更改' })
  for (const statement of ['update catalog.version set content = content || \'{"name":"x"}\'', 'delete from catalog.version'])
    await expect(t.pool.query(`${statement} where entry = $1`, [head.id])).rejects.toMatchObject({ constraint: 'version_immutable' })
})

test('the class of an entry may change until it is published, and its code with it', async () => {
  await t
    .as({ rights: ['catalog.publish'] })(contract)
    .addClass({ code: '102009', name: '另一目', parent: '102' })
  const { head, draft } = await cataloguer.compile({ content: contentOf(unit.id, { name: '换分类' }) })
  const moved = await cataloguer.revise({ id: head.id, content: contentOf(unit.id, { name: '换分类', class: '102009' }), after: draft!.changedAt })
  expect(moved.head.code).toBe('102009/00001')
  await publish(head.id)
  await cataloguer.revise({ id: head.id, content: contentOf(unit.id, { name: '换分类' }) })
  await expect(cataloguer.submit({ id: head.id })).rejects.toMatchObject({ params: { problems: [{ rule: 'class_fixed', params: { class: '102009' } }] } })
})

test('撤销: a withdrawn entry is told to all and stays readable; its name is free', async () => {
  const { head } = await published({ name: '将撤销' })
  const { id } = head
  await cataloguer.revise({ id, content: contentOf(unit.id, { name: '将撤销', updateCycle: 'weekly' }) })
  await expect(cataloguer.withdraw({ id, reason: '无权' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect((await officer.withdraw({ id, reason: '职责调整' })).head).toMatchObject({ state: 'withdrawn' })
  expect(await told(id)).toEqual(['catalog.published', 'catalog.withdrawn'])
  expect(await reader.published({ id })).toMatchObject({ withdrawn: true, version: 1 })
  await expect(officer.withdraw({ id, reason: '再来' })).rejects.toMatchObject({ code: 'catalog.wrong_state', params: { state: 'withdrawn' } })
  await expect(cataloguer.revise({ id, content: contentOf(unit.id) })).rejects.toMatchObject({ code: 'catalog.wrong_state' })
  await published({ name: '将撤销' })
})

test('a state secret is not kept, not even as a draft', async () => {
  await expect(cataloguer.compile({ content: contentOf(unit.id, { name: '一号工程密级清单', classified: true }) })).rejects.toMatchObject({
    code: 'catalog.classified',
  })
  const attempt = (await t.ledger()).find(({ outcome }) => outcome === 'catalog.classified')
  expect(attempt?.body).toContain('"redacted"')
  expect(attempt?.body).not.toContain('一号工程')
  const { rowCount } = await t.pool.query(`select from catalog.version where name = '一号工程密级清单'`)
  expect(rowCount).toBe(0)
})

test('drafts are for the provider and the bureau; to others they are unknown', async () => {
  const { head } = await cataloguer.compile({ content: contentOf(unit.id, { name: '内部草稿' }) })
  const { id } = head
  const colleague = t.as({ unit: unit.id })(contract)
  const stranger = t.as({ rights: ['catalog.compile', 'catalog.review'], unit: bureau.id })(contract)
  expect((await colleague.entry({ id })).draft).not.toBeNull()
  expect((await officer.entry({ id })).head.name).toBe('内部草稿')
  for (const act of [
    () => reader.entry({ id }),
    () => stranger.approve({ id }),
    () => stranger.submit({ id }),
    () => reader.returnDraft({ id, reason: '不见' }),
  ])
    await expect(act()).rejects.toMatchObject({ code: 'catalog.unknown' })
  expect(await reader.entriesById({ ids: [id] })).toEqual([])
  expect(await colleague.entriesById({ ids: [id, bureau.id] })).toMatchObject([{ id, state: 'draft' }])
  await expect(stranger.compile({ content: contentOf(unit.id, { name: '越权' }) })).rejects.toMatchObject({ code: 'catalog.not_yours' })
})

test('one’s own unit’s entry cannot be handed to another provider', async () => {
  const { head, draft } = await cataloguer.compile({ content: contentOf(unit.id, { name: '不转手' }) })
  await expect(cataloguer.revise({ id: head.id, content: contentOf(bureau.id), after: draft!.changedAt })).rejects.toMatchObject({ code: 'catalog.not_yours' })
})

test('classes stand below one that is there', async () => {
  const keeper = t.as({ rights: ['catalog.publish'] })(contract)
  const below = [
    { code: '307001', name: '某局', parent: '307' },
    { code: '30700101', name: '基本信息', parent: '307001' },
  ]
  expect(await keeper.addClasses({ classes: below })).toEqual({ added: 2 })
  await expect(keeper.addClass(below[0]!)).rejects.toMatchObject({ code: 'catalog.class_taken' })
  for (const [code, parent] of [
    ['307002', null],
    ['307002', '306'],
    ['30799901', '307999'],
    ['4', null],
  ] as const)
    await expect(keeper.addClass({ code, name: '错', parent })).rejects.toMatchObject({ code: expect.stringMatching(/unknown_class|bad_input/) })
  expect((await reader.classes({})).filter(({ parent }) => parent === null).map(({ kind }) => kind)).toEqual(['base', 'theme', 'department'])
  await expect(cataloguer.compile({ content: contentOf(unit.id, { class: '102' }) })).rejects.toMatchObject({ code: 'catalog.unknown_class' })
  await expect(cataloguer.compile({ content: contentOf(unit.id, { class: '102777' }) })).rejects.toMatchObject({ code: 'catalog.unknown_class' })
})

test('ten who compile in one class at once get ten codes without a gap', async () => {
  await t
    .as({ rights: ['catalog.publish'] })(contract)
    .addClass({ code: '102008', name: '竞争', parent: '102' })
  const compiled = await Promise.all(
    Array.from({ length: 10 }, (_, at) => cataloguer.compile({ content: contentOf(unit.id, { class: '102008', name: `同时 ${at}` }) })),
  )
  expect(compiled.map(({ head }) => head.code).sort()).toEqual(Array.from({ length: 10 }, (_, at) => `102008/${String(at + 1).padStart(5, '0')}`))
})

test('ten who compile the same name at once: one passes', async () => {
  const ends = await race(
    Array.from({ length: 10 }, (_, at) => () => cataloguer.compile({ content: contentOf(unit.id, { name: `同名${' '.repeat(at % 2)}目录` }) })),
  )
  expect(ends).toEqual({ passed: 1, refused: ['catalog.name_taken'] })
})

test('ten who save one draft at once: one passes, nobody’s words are lost unseen', async () => {
  const { head, draft } = await cataloguer.compile({ content: contentOf(unit.id, { name: '同改' }) })
  const save = (at: number) => () =>
    cataloguer.revise({ id: head.id, content: contentOf(unit.id, { name: '同改', abstract: `第 ${at} 个人写的摘要` }), after: draft!.changedAt })
  expect(await race(Array.from({ length: 10 }, (_, at) => save(at)))).toEqual({ passed: 1, refused: ['catalog.changed_meanwhile'] })
  await expect(cataloguer.revise({ id: head.id, content: contentOf(unit.id, { name: '同改' }) })).rejects.toMatchObject({ code: 'catalog.changed_meanwhile' })
})

test('ten who begin the next version at once: one passes', async () => {
  const { head } = await published({ name: '同时变更' })
  const begin = () => cataloguer.revise({ id: head.id, content: contentOf(unit.id, { name: '同时变更', updateCycle: 'weekly' }) })
  expect(await race(Array.from({ length: 10 }, () => begin))).toEqual({ passed: 1, refused: ['catalog.changed_meanwhile'] })
})

test('ten who publish at once: one passes, and it is told once', async () => {
  const { head } = await cataloguer.compile({ content: contentOf(unit.id, { name: '同时发布' }) })
  await cataloguer.submit({ id: head.id })
  await reviewer.approve({ id: head.id })
  expect(await race(Array.from({ length: 10 }, () => () => officer.publish({ id: head.id })))).toEqual({ passed: 1, refused: ['catalog.wrong_state'] })
  expect(await told(head.id)).toEqual(['catalog.published'])
})
