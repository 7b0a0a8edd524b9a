import { useLanguage } from '@zhenghe/ui/language.tsx'
import { App } from 'antd'
import type { exchange } from '../../../api/exchange.ts'
import { quarantineWords as words } from '../../../texts/deliveries.ts'

type Ordered = Awaited<ReturnType<typeof exchange.call.replayQuarantine>>

/** Says what was ordered, and which rows stay for now and why. */
export function useReplayed(done?: () => void): (ordered: Ordered) => void {
  const { say } = useLanguage()
  const { message } = App.useApp()
  return ({ deliveries, left }) => {
    done?.()
    void message.success(say(words.replayed, { deliveries: deliveries.length, rows: deliveries.reduce((sum, { rows }) => sum + rows, 0) }))
    if (Object.values(left).some((rows) => rows > 0)) void message.warning(say(words.replayLeft, left))
  }
}
