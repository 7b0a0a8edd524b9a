/** Objections, applications for front-end machines and their answers, so that the lists of a new city are alive. */
import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import type { ApplicationWish } from '@zhenghe/server/data/nodes/application.contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as objections, type Raising } from '@zhenghe/server/data/objections/contract.ts'
import type { Caller } from '@zhenghe/server/kernel/module.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { type Person, people } from '../city/people.ts'
import { asClerk, asPlatform } from './actors.ts'
import type { City } from './organizations.ts'

const PHONE = '16437990088'
type Told = Pick<Raising, 'kind' | 'topic' | 'title' | 'description'> & { entry: string; rows?: Raising['rows'] }

const DOUBTS: readonly { by: string; told: Told; until: 'raised' | 'withdrawn' | 'accepted' | 'answered' | 'rated' | 'rejected' }[] = [
  {
    by: 'taxation',
    told: {
      kind: 'catalogue',
      topic: 'other',
      entry: '企业登记信息',
      title: '更新周期与实际不一致',
      description: '目录写明每日更新，实际按周变化，请核实并更正。',
    },
    until: 'raised',
  },
  {
    by: 'taxation',
    told: {
      ...{ kind: 'use', topic: 'quality', entry: '企业登记信息', title: '部分企业名称与营业执照不一致' },
      description: '比对办税窗口收取的营业执照，发现两户名称不一致。',
      rows: [
        { key: '913799000000000011', field: '企业名称', problem: '缺少“有限公司”字样' },
        { key: '913799000000000022', field: '成立日期', problem: '晚于首次纳税申报日期' },
      ],
    },
    until: 'raised',
  },
  {
    by: 'human_resources',
    told: {
      kind: 'use',
      topic: 'response',
      entry: '企业登记信息',
      title: '咨询字段含义三天未答复',
      description: '就登记状态代码含义咨询提供单位，三天未得到答复。',
    },
    until: 'accepted',
  },
  {
    by: 'civil_affairs',
    told: { kind: 'catalogue', topic: 'other', entry: '个体工商户登记信息', title: '信息项说明有误', description: '经营场所一项的说明写成了住所，容易误用。' },
    until: 'rated',
  },
  {
    by: 'health',
    told: { kind: 'use', topic: 'other', entry: '企业登记信息', title: '希望增加医疗机构许可信息', description: '希望在本目录中增加医疗机构执业许可证号。' },
    until: 'rejected',
  },
  {
    by: 'taxation',
    told: {
      ...{ kind: 'use', topic: 'quality', entry: '个体工商户登记信息', title: '个别经营者姓名与身份证件不一致' },
      description: '定额核定时发现一户经营者姓名与本人证件不一致，请核实。',
      rows: [{ key: '923799000000000031', field: '经营者姓名', problem: '与本人身份证件不一致' }],
    },
    until: 'answered',
  },
  {
    by: 'public_security',
    told: { kind: 'catalogue', topic: 'other', entry: '税务登记信息', title: '更新时间说明不清', description: '目录未说明更新时间是登记时间还是入库时间。' },
    until: 'withdrawn',
  },
]

type Asked = Pick<ApplicationWish, 'kind' | 'area' | 'nodeName' | 'system' | 'protection' | 'purpose'> & { by: string }
const MACHINES: readonly { asked: Asked; until: 'applied' | 'approved' | 'allocated' | 'signed' | 'recovered' | 'rejected'; ip?: string }[] = [
  { asked: machine('civil_affairs', '民政局前置机', '社会救助管理系统', 3, '共享低保、特困人员信息'), until: 'applied' },
  { asked: machine('human_resources', '人社局前置机', '社会保险业务系统', 3, '共享参保缴费信息'), until: 'approved' },
  { asked: machine('natural_resources', '不动产登记前置机', '不动产登记系统', 3, '共享不动产登记信息'), until: 'allocated', ip: '10.79.1.21' },
  {
    asked: { ...machine('taxation', '税务局前置库', '金税征管系统', 4, '接收市场监管登记信息'), kind: 'database', area: 'business' },
    ...{ until: 'signed', ip: '10.79.2.11' },
  },
  { asked: { ...machine('health', '卫健委前置机', '全民健康信息平台', 3, '联通测试'), area: 'external' }, until: 'recovered', ip: '10.79.3.9' },
  { asked: { ...machine('finance', '财政局前置机', '预算管理系统', 2, '共享预算执行信息'), area: 'external' }, until: 'rejected' },
]

function machine(by: string, nodeName: string, system: string, protection: number, purpose: string): Asked {
  return { by, kind: 'machine', area: 'internal', nodeName, system, protection, purpose }
}

const ALL_OF_LIAISON = ['objections.raise', 'objections.handle', 'nodes.apply', 'nodes.operate', 'exchange.request']

export async function seedAffairs(platform: RunningPlatform, city: City): Promise<void> {
  const authority = () => asClerk(nameOf('shen.yuqing'), unitOf(city, 'data_bureau'), ['objections.review', 'nodes.allocate'], false)
  for (const doubt of DOUBTS) await raise(platform, city, authority, doubt)
  for (const { asked, until, ip } of MACHINES) await apply(platform, city, authority, { asked, until, ip: ip ?? '' })
}

async function raise(
  { run }: RunningPlatform,
  city: City,
  authority: () => Caller,
  { by, told: { entry, ...told }, until }: (typeof DOUBTS)[number],
): Promise<void> {
  const clerk = () => liaisonOf(city, by)
  const found = await run(catalog.entries, asPlatform(), { text: entry, limit: 50 })
  const head = found.items.find(({ name }) => name === entry)
  if (!head) return
  const { id, handler } = await run(objections.raise, clerk(), { ...told, contact: clerk().actor.name, phone: PHONE, subject: { kind: 'entry', id: head.id } })
  if (until === 'raised') return
  if (until === 'withdrawn') return void (await run(objections.withdraw, clerk(), { id, reason: '已电话核实，无需更正' }))
  if (until === 'rejected') return void (await run(objections.reject, authority(), { id, reason: '该信息项由卫健委自行编目，请先在本单位目录中编制。' }))
  if (!handler) await run(objections.accept, authority(), { id, note: '请在时限内核实答复' })
  if (until === 'accepted') return
  const [unit] = await run(organizations.unitsById, asPlatform(), { ids: [head.provider] })
  const answering = asClerk('数据联络员', unit?.id ?? head.provider, ALL_OF_LIAISON)
  await run(objections.answer, answering, { id, outcome: 'mended', words: '已更正信息项说明，并发布新版本。' })
  if (until === 'rated') await run(objections.rate, clerk(), { id, score: 5, solved: true, words: '核实及时，问题已解决' })
}

type Applying = { asked: Asked; until: (typeof MACHINES)[number]['until']; ip: string }

async function apply({ run }: RunningPlatform, city: City, authority: () => Caller, { asked: { by, ...asked }, until, ip }: Applying): Promise<void> {
  const clerk = () => liaisonOf(city, by)
  const wish = { ...asked, address: '政务中心机房', contact: clerk().actor.name, phone: PHONE, nodePort: 7400 }
  const { id } = await run(nodes.applyForNode, clerk(), wish)
  if (until === 'applied') return
  if (until === 'rejected') return void (await run(nodes.rejectApplication, authority(), { id, reason: '该系统尚未完成等级保护备案，请备案后重新申请。' }))
  await run(nodes.approveApplication, authority(), { id, note: '同意' })
  if (until === 'approved') return
  await run(nodes.allocate, authority(), { id, ip, port: wish.nodePort })
  if (until === 'signed') await signForStanding(run, clerk(), id)
  if (until === 'recovered') await run(nodes.recover, authority(), { id, reason: '联通测试结束，地址回收' })
}

/** With the node the unit has already. */
async function signForStanding(run: RunningPlatform['run'], clerk: Caller, id: string): Promise<void> {
  const unit = clerk.actor.unit
  const [node] = unit ? (await run(nodes.nodes, clerk, { unit })).filter(({ state }) => state !== 'revoked') : []
  await run(nodes.signFor, clerk, { id, ...(node ? { node: node.id } : {}) })
}

/** Who stands for a unit: its liaison where the city has one. */
function liaisonOf(city: City, key: string): Caller {
  const person: Person | undefined = people.find(({ unit, posts }) => unit === key && posts.includes('liaison'))
  return asClerk(person?.name ?? '数据联络员', unitOf(city, key), ALL_OF_LIAISON)
}

function nameOf(account: string): string {
  return people.find((one) => one.account === account)?.name ?? account
}

function unitOf(city: City, key: string): string {
  const unit = city.units.get(key)
  if (!unit) throw new Error(`no unit «${key}»`)
  return unit
}
