import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { quarantineWords as words } from '../../../texts/deliveries.ts'

type SettleBarProps = { chosen: ReadonlySet<string>; choosePage: () => void; done: () => void }

/** Settles the chosen rows at once, with a note. */
export function SettleBar({ chosen, choosePage, done }: SettleBarProps) {
  const { say } = useLanguage()
  const [state, setState] = useState<'mended' | 'dismissed'>()
  const { run, busy, error } = useAct(exchange.call.settleQuarantine, () => {
    setState(undefined)
    done()
  })
  const none = chosen.size === 0
  return (
    <div className="form-end">
      <Button type="primary" disabled={none} onClick={() => setState('mended')}>
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
