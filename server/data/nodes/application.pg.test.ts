import { expect, test } from 'vitest'
import type { z } from 'zod'
import { organizations } from '../../assurance/organizations/module.ts'
import { CITY, COUNTY, race, smallCity } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import type { ApplicationWish } from './application.contract.ts'
import { contract } from './contract.ts'
import { nodes } from './module.ts'
import { nodesOf } from './testing.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const t = await testPlatform([organizations, nodes], { now: NOW })
const city = await smallCity(t)
const bureau = await city.newUnit({ name: '大数据局' })
await city.appointer.appoint({ person: (await city.newPerson(bureau)).id, post: 'bureau_officer', unit: bureau.id })
const unit = await city.newUnit({ name: '民政局' })
const other = await city.newUnit({ name: '教育局' })
const people = (of: typeof unit) => t.as({ rights: ['nodes.apply', 'nodes.operate'], unit: of.id, name: '管理员' })(contract)
const [applicant, stranger] = [people(unit), people(other)]
const allocator = t.as({ holdings: [{ right: 'nodes.allocate', division: CITY }], unit: bureau.id, name: '分配员' })(contract)
const refused = (code: string, params?: object) => ({ code: `nodes.${code}`, ...(params ? { params } : {}) })
const waits = async (subject: string) => (await t.todos()).filter((todo) => todo.subject === subject).map(({ kind, unit: to }) => ({ kind, unit: to }))

const wishFor = (nodeName: string, wish: Partial<z.input<typeof ApplicationWish>> = {}): z.input<typeof ApplicationWish> => ({
  ...{ kind: 'machine', area: 'internal', address: '府前街 8 号', contact: '李某', phone: '13900005678', nodeName, nodePort: 7400 },
  ...{ system: '社会救助管理系统', protection: 3, purpose: '共享低保数据' },
  ...wish,
})
let host = 0
const allocated = async (nodeName: string, wish = {}) => {
  const { id } = await applicant.applyForNode(wishFor(nodeName, wish))
  await allocator.approveApplication({ id })
  return allocator.allocate({ id, ip: `10.9.0.${++host}`, port: 7400 })
}

test('申请, 审核, 分配, 签收, 回收: each step waits for whoever takes it, and becomes a node', async () => {
  const applied = await applicant.applyForNode(wishFor('民政前置机一'))
  const { id } = applied
  expect(applied).toMatchObject({ number: expect.stringMatching(/^QZ2026-\d{6}$/), state: 'applied', unitName: '民政局', nodeIp: null, protection: 3 })
  expect(await waits(id)).toEqual([{ kind: 'nodes.application_review', unit: bureau.id }])
  expect(await allocator.approveApplication({ id, note: '同意' })).toMatchObject({ state: 'approved' })
  expect(await waits(id)).toEqual([{ kind: 'nodes.application_allocate', unit: bureau.id }])
  expect(await allocator.allocate({ id, ip: '10.8.0.1', port: 7401 })).toMatchObject({ state: 'allocated', nodeIp: '10.8.0.1', nodePort: 7401 })
  expect(await waits(id)).toEqual([{ kind: 'nodes.application_sign', unit: unit.id }])
  const { application, token } = await applicant.signFor({ id })
  expect(application).toMatchObject({ state: 'signed', node: expect.any(String) })
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await applicant.node({ id: application.node! })).toMatchObject({ name: '民政前置机一', state: 'awaiting_join', unitName: '民政局' })
  expect((await t.ledger()).some(({ body }) => body.includes(token!) || body.includes('13900005678'))).toBe(false)
  const recovered = await allocator.recover({ id, reason: '业务系统已下线' })
  expect(recovered.steps.map(({ act, byName }) => `${act} ${byName}`)).toEqual([
    ...['applied 管理员', 'approved 分配员', 'allocated 分配员', 'signed 管理员', 'recovered 分配员'],
  ])
  expect(await applicant.node({ id: application.node! })).toMatchObject({ state: 'revoked' })
  expect((await t.outbox()).filter(({ name }) => name === 'nodes.revoked')).toMatchObject([{ payload: { node: application.node, reason: '业务系统已下线' } }])
  expect(await waits(id)).toEqual([{ kind: 'nodes.application_recovered', unit: unit.id }])
  await applicant.acknowledgeApplication({ id })
  expect(await waits(id)).toEqual([])
})

test('an address is one machine’s until it is recovered: of ten allocations at once one passes', async () => {
  const ids: string[] = []
  for (let n = 0; n < 10; n += 1) {
    const { id } = await applicant.applyForNode(wishFor(`竞争地址${n}`))
    await allocator.approveApplication({ id })
    ids.push(id)
  }
  const ends = await race(ids.map((id) => () => allocator.allocate({ id, ip: '10.7.0.1', port: 7400 })))
  expect(ends).toEqual({ passed: 1, refused: ['nodes.ip_taken'] })
  const [holder] = (await allocator.applications({ text: '10.7.0.1' })).items
  await allocator.recover({ id: holder!.id, reason: '重新规划地址' })
  const free = ids.find((id) => id !== holder?.id)!
  expect(await allocator.allocate({ id: free, ip: '10.7.0.1', port: 7400 })).toMatchObject({ nodeIp: '10.7.0.1' })
})

test('of ten equal applications at once one stands, and of ten who sign for one machine one gets the token', async () => {
  const apply = () => applicant.applyForNode(wishFor('竞争申请'))
  expect(await race(Array.from({ length: 10 }, () => apply))).toEqual({ passed: 1, refused: ['nodes.application_open'] })
  const { id } = await allocated('竞争签收')
  expect(await race(Array.from({ length: 10 }, () => () => applicant.signFor({ id })))).toEqual({ passed: 1, refused: ['nodes.application_state'] })
})

test('what is signed for can be a node that stands already; it is revoked with the last of its applications', async () => {
  const node = await nodesOf(t, unit).active('已有节点')
  const foreign = await nodesOf(t, other).active('别人的节点')
  const [first, second] = [await allocated('前置库甲', { kind: 'database' }), await allocated('前置库乙', { kind: 'database' })]
  await expect(applicant.signFor({ id: first.id, node: foreign.id })).rejects.toMatchObject(refused('unknown'))
  expect(await applicant.signFor({ id: first.id, node: node.id })).toMatchObject({ token: null, application: { node: node.id } })
  await applicant.signFor({ id: second.id, node: node.id })
  await allocator.recover({ id: first.id, reason: '前置库合并' })
  expect(await applicant.node({ id: node.id })).toMatchObject({ state: 'active' })
  await allocator.recover({ id: second.id, reason: '前置库合并' })
  expect(await applicant.node({ id: node.id })).toMatchObject({ state: 'revoked' })
  const third = await allocated('前置库丙', { kind: 'database' })
  await expect(applicant.signFor({ id: third.id, node: node.id })).rejects.toMatchObject(refused('wrong_state', { state: 'revoked' }))
})

test('a rejected application is told with its reason; one’s own is withdrawn until an address is allocated', async () => {
  const { id } = await applicant.applyForNode(wishFor('驳回'))
  expect(await allocator.rejectApplication({ id, reason: '请先完成等级保护备案' })).toMatchObject({ state: 'rejected' })
  expect(await waits(id)).toEqual([{ kind: 'nodes.application_rejected', unit: unit.id }])
  await expect(allocator.approveApplication({ id })).rejects.toMatchObject(refused('application_state', { state: 'rejected' }))
  const again = await applicant.applyForNode(wishFor('驳回'))
  expect(await applicant.withdrawApplication({ id: again.id })).toMatchObject({ state: 'withdrawn' })
  const late = await allocated('迟撤')
  await expect(applicant.withdrawApplication({ id: late.id })).rejects.toMatchObject(refused('application_state', { state: 'allocated' }))
})

test('bad input: levels beyond five, ports beyond the last, names that are no address, addresses of nobody', async () => {
  for (const wish of [{ protection: 6 }, { protection: 0 }, { nodePort: 70_000 }, { purpose: '' }, { kind: 'cloud' as never }])
    await expect(applicant.applyForNode(wishFor('错误', wish))).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const { id } = await applicant.applyForNode(wishFor('错误地址'))
  await expect(allocator.allocate({ id, ip: '10.1.1.1', port: 1 })).rejects.toMatchObject(refused('application_state', { state: 'applied' }))
  await allocator.approveApplication({ id })
  for (const ip of ['10.0.0', '10.0.0.256', 'host', '10.0.0.1/24', "10.0.0.1'; drop table nodes.node"])
    await expect(allocator.allocate({ id, ip, port: 7400 })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  for (const ip of ['127.0.0.1', '0.0.0.0', '224.0.0.1', '::1'])
    await expect(allocator.allocate({ id, ip, port: 7400 })).rejects.toMatchObject(refused('ip_unusable'))
})

test('others see nothing of an application, and nobody allocates for another division', async () => {
  const { id } = await applicant.applyForNode(wishFor('越权'))
  await expect(stranger.application({ id })).rejects.toMatchObject(refused('application_unknown'))
  await expect(stranger.withdrawApplication({ id })).rejects.toMatchObject(refused('application_unknown'))
  const county = t.as({ holdings: [{ right: 'nodes.allocate', division: COUNTY }] })(contract)
  await expect(county.approveApplication({ id })).rejects.toMatchObject(refused('application_unknown'))
  const own = t.as({ rights: ['nodes.allocate'], unit: other.id })(contract)
  await expect(own.approveApplication({ id })).rejects.toMatchObject(refused('application_unknown'))
  expect((await stranger.applications({})).total).toBe(0)
})

test('the list masks telephones, counts by state, kind and area, and is read page by page', async () => {
  const all = await allocator.applications({})
  expect(all.items.every(({ phone }) => phone === '139****5678')).toBe(true)
  expect(Object.values(all.facets.state).reduce((sum, n) => sum + n, 0)).toBe(all.total)
  expect(all.facets.kind.database).toBe(3)
  const narrowed = await allocator.applications({ kind: 'database', state: ['recovered'] })
  expect(narrowed.total).toBe(2)
  expect(narrowed.facets.kind.machine).toBeGreaterThan(0)
  const found: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: { items: { id: string }[]; next: string | null } = await allocator.applications({ limit: 7, ...(after ? { after } : {}) })
    found.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  expect(found).toEqual([...new Set(found)])
  expect(found).toHaveLength(all.total)
})
