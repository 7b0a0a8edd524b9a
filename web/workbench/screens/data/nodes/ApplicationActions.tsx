import { PrinterOutlined } from '@ant-design/icons'
import type { ApplicationView } from '@zhenghe/server/data/nodes/application.contract.ts'
import { type ApplicationAct, applicationAllows } from '@zhenghe/server/data/nodes/application.rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { applicationWords as words } from '../../../texts/applications.ts'
import { AllocateDialog } from './AllocateDialog.tsx'
import { RecoverDialog } from './RecoverDialog.tsx'
import { SignDialog } from './SignForDialog.tsx'

const SHORTEST_REASON = 4
const SIMPLE = {
  approve: { text: words.approve, what: words.approveWhat, label: words.note, least: 0, danger: false },
  reject: { text: words.reject, what: words.rejectWhat, label: words.reason, least: SHORTEST_REASON, danger: true },
  withdraw: { text: words.withdraw, what: words.withdrawWhat, label: words.reason, least: 0, danger: false },
} as const
type Simple = keyof typeof SIMPLE

/** What the reader can do with an application now, by its state and their rights; the next step last. */
export function ApplicationActions({ application }: { application: ApplicationView }) {
  const { say } = useLanguage()
  const mayHere = useMayAt(application.unit)
  const [dialog, setDialog] = useState<ApplicationAct>()
  const [allocates, applies, operates] = [mayHere('nodes.allocate'), mayHere('nodes.apply'), mayHere('nodes.operate')]
  const can = (act: ApplicationAct, mine: boolean) => mine && applicationAllows(application.state, act)
  const close = () => setDialog(undefined)
  const button = (act: ApplicationAct, mine: boolean, look: { type?: 'primary'; danger?: true } = {}) =>
    can(act, mine) && (
      <Button {...look} onClick={() => setDialog(act)}>
        {say(words[act])}
      </Button>
    )
  return (
    <>
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {say(words.print)}
      </Button>
      {button('withdraw', applies)}
      {button('reject', allocates, { danger: true })}
      {button('recover', allocates, { danger: true })}
      {button('approve', allocates, { type: 'primary' })}
      {button('allocate', allocates, { type: 'primary' })}
      {button('sign', operates, { type: 'primary' })}
      {(dialog === 'approve' || dialog === 'reject' || dialog === 'withdraw') && <SimpleDialog id={application.id} act={dialog} onClose={close} />}
      {dialog === 'allocate' && <AllocateDialog application={application} onClose={close} />}
      {dialog === 'sign' && <SignDialog application={application} onClose={close} />}
      {dialog === 'recover' && <RecoverDialog application={application} onClose={close} />}
    </>
  )
}

function SimpleDialog({ id, act, onClose }: { id: string; act: Simple; onClose: () => void }) {
  const { say } = useLanguage()
  const { text, what, label, least, danger } = SIMPLE[act]
  const calls = {
    approve: (note: string) => nodes.call.approveApplication({ id, note }),
    reject: (reason: string) => nodes.call.rejectApplication({ id, reason }),
    withdraw: (reason: string) => nodes.call.withdrawApplication({ id, reason }),
  }
  const { run, busy, error } = useAct(calls[act], onClose)
  return (
    <ReasonDialog
      title={say(text)}
      consequence={say(what)}
      label={say(label)}
      least={least}
      action={say(text)}
      danger={danger}
      busy={busy}
      error={error}
      onDo={(reason) => run(reason)}
      onClose={onClose}
    />
  )
}
