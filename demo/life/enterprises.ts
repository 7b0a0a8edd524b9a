/** Taxation gets the enterprises from market supervision: whole, then by increments; rejected rows mended and replayed; the table reconciled; pushed by agreement. */
import { setTimeout as pause } from 'node:timers/promises'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { residentIdCheck } from '@zhenghe/server/kernel/identifiers.ts'
import { changeSome } from '../city/changes.ts'
import { clientOf } from '../city/databases.ts'
import type { Departments } from '../departments.ts'
import { ENTRY, FIELDS, TERMS } from '../share.ts'
import { askedFor, ended, granted, subscribed } from './acts.ts'
import type { Cast } from './cast.ts'

const TABLE = 'enterprise'
const MENDED = 6
const DISMISSED = 2
const CHANGES = 90
const PATIENCE_MS = 120_000
const POLL_MS = 250

export async function enterprisesShared(cast: Cast): Promise<void> {
  const request = await askedFor(cast.as('pan.zixuan'), ENTRY, {
    fields: FIELDS,
    filter: TERMS.filter,
    basis: '《中华人民共和国税收征收管理法》第十五条：市场监督管理机关应当将登记信息定期向税务机关通报',
    purposeKind: 'supervision',
    purpose: '核对存续企业的税务登记情况，清理漏征漏管户',
    scenario: '每日比对新设企业和税务登记，逾期未办理的由税源管理岗联系企业',
    mode: 'incremental',
    schedule: { kind: 'daily', at: '02:30' },
    application: application('金税征管系统', '企业开办“一件事”'),
  })
  const grant = await granted(cast.as('song.yanling'), cast.pinOf('song.yanling'), request, TERMS)
  const { subscription, first } = await subscribed(cast.as('lu.yongsheng'), grant, TABLE, { kind: 'daily', at: '02:30' })
  await ended(cast.as('lu.yongsheng'), first)
  await mendAndReplay(cast, first)
  await increment(cast, subscription)
  await pushes(cast, subscription)
  await reconcileTwice(cast, subscription)
}

const application = (system: string, matter: string) => ({
  ...{ type: 'supervision' as const, system, matter, scope: '征管和科技发展科、税源管理分局内部使用，不对外提供', user: '潘子轩' },
  ...{ userPhone: '16437990012', userEmail: '', technical: '' },
})

/** Market supervision corrects some representatives' numbers in its register and has those rows read again; a few others are known and dismissed. */
async function mendAndReplay({ as, departments }: Cast, delivery: string): Promise<void> {
  const liaison = as('song.yanling').call(exchange)
  const { items } = await liaison.quarantine({ delivery, limit: 200 })
  if (items.some(({ state }) => state !== 'open')) return
  const wrong = items.filter(({ field }) => field === 'legal_rep_id').slice(0, MENDED)
  await correct(
    departments,
    wrong.flatMap(({ rowKey }) => /[0-9A-Z]{18}/.exec(rowKey)?.[0] ?? []),
  )
  const [replay] = (await liaison.replayQuarantine({ ids: wrong.map(({ id }) => id) })).deliveries
  if (replay) await ended(as('lu.yongsheng'), replay.delivery)
  const known = items.filter(({ field }) => field === 'uscc').slice(0, DISMISSED)
  await liaison.settleQuarantine({ ids: known.map(({ id }) => id), state: 'dismissed', note: '已注销企业的历史代码，按规定不再更正' })
}

/** Gives the representatives of these enterprises the check characters that their numbers should have. */
async function correct(departments: Departments, codes: readonly string[]): Promise<void> {
  const owner = clientOf(departments.server, 'market_supervision_owner', departments.passwords.market_supervision_owner)
  await owner.connect()
  try {
    for (const code of codes) {
      const { rows } = await owner.query<{ head: string }>('select left(legal_rep_id, 17) as head from registration.legal_entity where uscc = $1', [code])
      const head = rows[0]?.head ?? ''
      await owner.query('update registration.legal_entity set legal_rep_id = $2 where uscc = $1', [code, head + residentIdCheck(head)])
    }
  } finally {
    await owner.end()
  }
}

/** A day's work at the registration counter, and the increment that carries it. */
async function increment({ as, departments }: Cast, subscription: string): Promise<void> {
  const operator = as('lu.yongsheng')
  const runs = await operator.call(exchange).deliveries({ subscription, limit: 200 })
  if (runs.items.some(({ mode, replay }) => mode === 'incremental' && !replay)) return
  const owner = clientOf(departments.server, 'market_supervision_owner', departments.passwords.market_supervision_owner)
  await owner.connect()
  await changeSome(owner, CHANGES).finally(() => owner.end())
  const { id } = await operator.call(exchange).deliver({ id: subscription, mode: 'incremental' })
  await ended(operator, id)
}

/** By agreement from next month on every working morning; a whole table before the yearly settlement is only drafted. */
async function pushes({ as }: Cast, subscription: string): Promise<void> {
  const liaison = as('song.yanling').call(exchange)
  if ((await liaison.pushes({ subscription })).total > 0) return
  const daily = await liaison.draftPush({
    ...{ subscription, name: '企业登记信息工作日早间推送', mode: 'incremental' },
    schedule: { kind: 'cron', line: '30 6 * * 1-5', hours: { from: '06:00', to: '08:00' } },
  })
  await liaison.publishPush({ id: daily.id })
  await liaison.draftPush({ subscription, name: '汇算清缴前全量推送', mode: 'snapshot', schedule: { kind: 'cron', line: '0 1 1 3 *' } })
}

/** Equal at first; then somebody at the tax bureau edits the shared table by hand, and the next comparison names the keys. A mending waits for a second person. */
async function reconcileTwice({ as, departments }: Cast, subscription: string): Promise<void> {
  const operator = as('lu.yongsheng').call(exchange)
  const compared = async (scope: 'full' | 'versions') => {
    const { id } = await operator.reconcile({ id: subscription, scope })
    await over(async () => (await operator.reconciliationById({ id })).endedAt !== null)
  }
  const before = await operator.reconciliations({ id: subscription })
  if (before.length === 0) await compared('versions')
  if (before.length < 2) {
    const target = clientOf(departments.server, 'taxation_node', departments.passwords.taxation_node)
    await target.connect()
    await target
      .query(
        `delete from shared.${TABLE} where uscc in (select uscc from shared.${TABLE} order by uscc offset 40 limit 3);
         update shared.${TABLE} set registered_capital = registered_capital + 10000 where uscc in (select uscc from shared.${TABLE} order by uscc offset 90 limit 4)`,
      )
      .finally(() => target.end())
    await compared('full')
  }
  if (!(await operator.reconciliations({ id: subscription })).some(({ mend }) => mend)) await operator.askMending({ id: subscription })
  await operator.scheduleReconciliation({ id: subscription, schedule: { kind: 'weekly', weekday: 7, at: '03:30', scope: 'versions' } })
}

async function over(isOver: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (!(await isOver()) && performance.now() < until) await pause(POLL_MS)
}
