/**
 * The life of the demonstration city: what its departments have shared with one another by the time a visitor looks in. Every row of it comes from an act of a
 * person who signed in, or from the exchange nodes at work between the departments' databases.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { RunningCity } from './bring-up.ts'
import { keep } from './home.ts'
import { openCast } from './life/cast.ts'
import { moveChannels } from './life/channels.ts'
import { counterShared } from './life/counter.ts'
import { enterprisesShared } from './life/enterprises.ts'
import { correspondence } from './life/requests.ts'
import { residentsShared } from './life/residents.ts'

const NAMES = ['pan.zixuan', 'gao.lihua', 'lu.yongsheng', 'song.yanling', 'ding.haitao', 'ren.kaixuan', 'wei.guodong', 'cui.xiaomeng'] as const

/** Answers when all of it has happened; at once where it had before. A life that was broken off goes on where it was. */
export async function live({ access, departments }: RunningCity, say: (line: string) => void): Promise<void> {
  if (!departments || existsSync(path.join(access.home, 'lived.json'))) return
  const cast = await openCast(access.address, access.accounts, departments, NAMES)
  await Promise.all([correspondence(cast), enterprisesShared(cast).then(() => moveChannels(cast)), counterShared(cast), residentsShared(cast)])
  keep(access.home, 'lived', true)
  say('示范城市已有交换记录：全量、增量、捕获变更各一项，未完成、隔离与重放、对账差异、推送任务可查看')
}
