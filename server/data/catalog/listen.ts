import { listen } from '../../kernel/listen.ts'
import type { Platform } from '../../kernel/module.ts'
import { CHANNEL, finderOf } from './finder.ts'
import type { Tables } from './tables.ts'

/** Fills the index and follows the changes other processes make; a lost connection is replaced and the index filled anew. */
export function followChanges(platform: Platform): Promise<() => Promise<void>> {
  const finder = platform.local(finderOf)
  return listen(platform, {
    channel: CHANNEL,
    heard: (payload) => finder.note(payload),
    connected: async () => {
      finder.forget()
      await platform.asSystem<Tables, void>('catalog search', (ctx) => finder.refresh(ctx))
    },
  })
}
