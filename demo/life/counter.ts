/** Taxation follows the sole traders by change capture: market supervision's administrator opens the log, and the registration counter goes on working. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import type { Client } from 'pg'
import { clientOf } from '../city/databases.ts'
import { soleTraderTable } from '../city/registers/sole-traders.ts'
import { qualified } from '../city/registers/table.ts'
import type { Departments } from '../departments.ts'
import { askedFor, granted, subscribed, TERM_UNTIL } from './acts.ts'
import type { Cast } from './cast.ts'

const ENTRY = '个体工商户登记信息'
const TABLE = 'sole_trader'
const REGISTER = qualified(soleTraderTable)
const FIELDS = ['uscc', 'name', 'operator_name', 'address', 'industry_code', 'employees', 'established_on', 'status', 'updated_at'] as const
const BEGUN_MS = 120_000
const POLL_MS = 250
const FIRST_MORNING = 40

export async function counterShared(cast: Cast): Promise<void> {
  const [asker, operator] = [cast.as('gao.lihua'), cast.as('lu.yongsheng')]
  const request = await askedFor(asker, ENTRY, {
    fields: FIELDS,
    basis: '《个体工商户税收定期定额征收管理办法》第五条',
    purposeKind: 'supervision',
    purpose: '个体工商户设立、变更、注销后及时调整定额核定',
    mode: 'capture',
    schedule: { kind: 'once' },
  })
  const grant = await granted(cast.as('song.yanling'), cast.pinOf('song.yanling'), request, {
    fields: FIELDS.map((name) => ({
      name,
      rules: name === 'uscc' ? [{ kind: 'uscc' as const }] : [],
      ...(name === 'operator_name' ? { mask: { kind: 'name' as const } } : {}),
    })),
    ...{ notAfter: TERM_UNTIL, rejectShare: 0.1, connections: 2, suite: 'international', note: '经营者姓名脱敏提供' },
  })
  await publish(cast.departments, grant)
  const { first } = await subscribed(operator, grant, TABLE, { kind: 'once' })
  await following(() => operator.call(exchange).deliveryById({ id: first }))
  await work(cast.departments, FIRST_MORNING)
}

/** The administrator of the department's database lets the table's changes be followed under that grant. */
async function publish(departments: Departments, grant: string): Promise<void> {
  const name = `zhenghe_grant_${grant.replaceAll('-', '')}`
  await atCounter(departments, async (owner) => {
    const { rowCount } = await owner.query('select from pg_publication where pubname = $1', [name])
    if (!rowCount) await owner.query(`create publication ${name} for table only ${REGISTER}`)
  })
}

/** Waits until the capture follows, or has ended after all. */
async function following(look: () => Promise<DeliveryView>): Promise<void> {
  for (const until = performance.now() + BEGUN_MS; performance.now() < until; await pause(POLL_MS)) {
    const { state, progress } = await look()
    if (progress?.phase === 'following' || state === 'stopped' || state === 'cancelled') return
  }
}

/** So many traders move, take somebody on or close, each in a transaction of its own as at a counter. */
async function work(departments: Departments, times: number): Promise<void> {
  await atCounter(departments, async (owner) => {
    for (let n = 0; n < times; n++)
      await owner.query(
        `update ${REGISTER} set employees = employees + 1, updated_at = now() where uscc = (select uscc from ${REGISTER} order by md5(uscc || $1) limit 1)`,
        [randomUUID()],
      )
  })
}

async function atCounter(departments: Departments, act: (owner: Client) => Promise<unknown>): Promise<void> {
  const owner = clientOf(departments.server, 'market_supervision_owner', departments.passwords.market_supervision_owner)
  await owner.connect()
  await act(owner).finally(() => owner.end())
}
