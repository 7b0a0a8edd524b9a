import { PrinterOutlined } from '@ant-design/icons'
import type { ObjectionView } from '@zhenghe/server/data/objections/contract.ts'
import { type Act, allows } from '@zhenghe/server/data/objections/rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { objections } from '../../../api/objections.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { objectionWords as words } from '../../../texts/objections.ts'
import { AcceptDialog } from './AcceptDialog.tsx'

const SHORTEST_REASON = 4
type Ending = 'reject' | 'fail' | 'withdraw'
const ENDINGS = {
  reject: { text: words.reject, what: words.rejectWhat, least: SHORTEST_REASON },
  fail: { text: words.fail, what: words.failWhat, least: SHORTEST_REASON },
  withdraw: { text: words.withdraw, what: words.withdrawWhat, least: 0 },
} as const

/** What the reader can do with an objection now, by its state and their rights; the next step last. */
export function ObjectionActions({ objection }: { objection: ObjectionView }) {
  const { say } = useLanguage()
  const { id, state } = objection
  const reviews = useMayAt(objection.against)('objections.review')
  const raised = useMayAt(objection.raiser)('objections.raise')
  const [dialog, setDialog] = useState<Ending | 'accept'>()
  const can = (act: Act, mine: boolean) => mine && allows(state, act)
  return (
    <>
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {say(words.print)}
      </Button>
      {can('withdraw', raised) && <Button onClick={() => setDialog('withdraw')}>{say(words.withdraw)}</Button>}
      {can('fail', reviews) && <Button onClick={() => setDialog('fail')}>{say(words.fail)}</Button>}
      {can('reject', reviews) && (
        <Button danger onClick={() => setDialog('reject')}>
          {say(words.reject)}
        </Button>
      )}
      {can('accept', reviews) && (
        <Button type="primary" onClick={() => setDialog('accept')}>
          {say(words.accept)}
        </Button>
      )}
      {dialog === 'accept' && <AcceptDialog objection={objection} onClose={() => setDialog(undefined)} />}
      {dialog && dialog !== 'accept' && <EndDialog id={id} act={dialog} onClose={() => setDialog(undefined)} />}
    </>
  )
}

function EndDialog({ id, act, onClose }: { id: string; act: Ending; onClose: () => void }) {
  const { say } = useLanguage()
  const { text, what, least } = ENDINGS[act]
  const { run, busy, error } = useAct(objections.call[act], onClose)
  return (
    <ReasonDialog
      title={say(text)}
      consequence={say(what)}
      label={say(words.reason)}
      least={least}
      action={say(text)}
      danger={act !== 'withdraw'}
      busy={busy}
      error={error}
      onDo={(reason) => run({ id, reason })}
      onClose={onClose}
    />
  )
}
