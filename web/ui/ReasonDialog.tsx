import { Alert, Input, Modal } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import { Field } from './Field.tsx'
import { useLanguage } from './language.tsx'
import { Problem } from './Problem.tsx'
import { words } from './texts.ts'

export type ReasonDialogProps = {
  title: string
  /** What will happen, and to whom; said before anything is done. */
  consequence?: ReactNode
  label: string
  hint?: string
  /** Fewest characters of the reason; 0 where none is asked for. */
  least?: number
  action: string
  danger?: boolean
  busy: boolean
  error: unknown
  onDo: (reason: string) => void
  onClose: () => void
}

/** Asks for a reason before a weighty act, and says what the act will do. Shown while it is mounted. */
export function ReasonDialog({ title, consequence, label, hint, least = 0, action, danger = false, busy, error, onDo, onClose }: ReasonDialogProps) {
  const { say } = useLanguage()
  const id = useId()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const short = reason.trim().length < least
  const submit = () => {
    setTried(true)
    if (!short) onDo(reason.trim())
  }
  return (
    <Modal
      open
      title={title}
      okText={action}
      onOk={submit}
      onCancel={onClose}
      okButtonProps={{ danger, loading: busy }}
      cancelText={say(words.cancel)}
      destroyOnHidden
    >
      <div className="stack">
        {consequence && <Alert type={danger ? 'warning' : 'info'} showIcon title={consequence} />}
        <Field id={id} label={label} hint={hint} optional={least === 0} error={tried && short ? say(words.reasonShort, { least }) : undefined}>
          {(control) => <Input.TextArea {...control} rows={3} value={reason} onChange={({ target }) => setReason(target.value)} />}
        </Field>
        {error !== undefined && <Problem error={error} />}
      </div>
    </Modal>
  )
}
