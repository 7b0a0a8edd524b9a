import type { KernelTables } from '../database.ts'
import { local } from '../module.ts'
import type { RunningPlatform } from '../platform.ts'
import { say } from '../texts.ts'

type Row = Pick<KernelTables['kernel.todo'], 'kind' | 'subject' | 'params'>
type Told = { title: { zh: string; en: string }; link: string }

/** How each kind of item is worded and where it leads, from the modules' declarations. */
export const todoTable = local<ReadonlyMap<string, (row: Row) => Told>>((platform) => {
  const kinds = (platform as RunningPlatform).modules.flatMap(({ todos }) => Object.entries(todos ?? {}))
  return new Map(
    kinds.map(([kind, { text, link }]) => [
      kind,
      ({ subject, params }) => ({ title: { zh: say(text, 'zh', params), en: say(text, 'en', params) }, link: link.replace('{subject}', subject) }),
    ]),
  )
})
