import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { common } from '../texts/common.ts'

const SHORTEST_NAME = 2
const LONGEST_NAME = 60

type NameDialogProps = {
  /** Of the field. */
  id: string
  /** Also what the button says. */
  title: string
  label: string
  hint: string
  busy: boolean
  error: unknown
  onDo: (name: string) => void
  onClose: () => void
}

/** Asks for the name of something new: a node, a key. */
export function NameDialog({ id, title, label, hint, busy, error, onDo, onClose }: NameDialogProps) {
  const { say } = useLanguage()
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const short = name.trim().length < SHORTEST_NAME
  const submit = () => {
    setTried(true)
    if (!short) onDo(name.trim())
  }
  return (
    <Modal open title={title} okText={title} okButtonProps={{ loading: busy }} cancelText={say(common.cancel)} onOk={submit} onCancel={onClose}>
      <div className="stack">
        <Field id={id} label={label} hint={hint} error={tried && short ? say(common.required, { field: label }) : undefined}>
          {(control) => (
            <Input {...control} value={name} maxLength={LONGEST_NAME} onChange={({ target }) => setName(target.value)} onPressEnter={submit} autoFocus />
          )}
        </Field>
        {error !== undefined && error !== null && <Problem error={error} />}
      </div>
    </Modal>
  )
}
