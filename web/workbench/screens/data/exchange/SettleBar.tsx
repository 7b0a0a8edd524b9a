import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { quarantineWords as words } from '../../../texts/deliveries.ts'
import { useReplayed } from './useReplayed.ts'

type Filter = { delivery?: string; entry?: string }
type SettleBarProps = { chosen: ReadonlySet<string>; filter: Filter; choosePage: () => void; done: () => void }

/** Replays the chosen rows, or settles them at once with a note. */
export function SettleBar({ chosen, filter, choosePage, done }: SettleBarProps) {
  const { say } = useLanguage()
  const [state, setState] = useState<'mended' | 'dismissed'>()
  const { run, busy, error } = useAct(exchange.call.settleQuarantine, () => {
    setState(undefined)
    done()
  })
  const ordered = useReplayed(done)
  const none = chosen.size === 0
  return (
    <div className="form-end">
      <ActButton type="primary" disabled={none} act={() => exchange.call.replayQuarantine({ ids: [...chosen] })} after={ordered}>
        {say(words.replay)}
      </ActButton>
      <ActButton
        act={() => exchange.call.replayQuarantine(filter)}
        after={ordered}
        confirm={{ title: say(words.replayAll), content: say(words.replayAllWhat) }}
      >
        {say(words.replayAll)}
      </ActButton>
      <Button disabled={none} onClick={() => setState('mended')}>
        {say(words.mended)}
      </Button>
      <Button disabled={none} onClick={() => setState('dismissed')}>
        {say(words.dismissed)}
      </Button>
      <Button onClick={choosePage}>{say(words.selectPage)}</Button>
      <span className="form-end-state number" aria-live="polite">
        {say(words.selected, { count: chosen.size })}
      </span>
      {state && (
        <ReasonDialog
          title={say(words[state])}
          consequence={say(state === 'mended' ? words.mendedWhat : words.dismissedWhat)}
          label={say(words.note)}
          action={say(words[state])}
          busy={busy}
          error={error}
          onDo={(note) => run({ ids: [...chosen], state, note })}
          onClose={() => setState(undefined)}
        />
      )}
    </div>
  )
}
