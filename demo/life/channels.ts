/** What the deliveries make possible: one old way runs in parallel with its replacement, another is switched off with the record of it. */
import { createHash } from 'node:crypto'
import { contract } from '@zhenghe/server/data/channels/contract.ts'
import { dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { CLOSED_BY_LIFE } from '../city/channels.ts'
import type { Cast } from './cast.ts'

export async function moveChannels({ as }: Cast): Promise<void> {
  const liaison = as('gao.lihua').call(contract)
  const { items } = await liaison.channels({ side: 'mine', state: ['migrating', 'parallel'], limit: 200 })
  for (const { id, content, state } of items) {
    const { evidence } = await liaison.channel({ id })
    if (!evidence?.holds) continue
    if (state === 'migrating') await liaison.runParallel({ id, note: '新旧方式同时运行，逐日核对条数' })
    if (content !== CLOSED_BY_LIFE) continue
    const document = createHash('sha256').update(content).digest('hex')
    await liaison.close({ id, switchedOff: '停收每周邮件，注销专用邮箱账号', on: dayOf(systemNow()), by: '陆永生', document })
  }
}
