import type { ObjectionView } from '@zhenghe/server/data/objections/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Input, Modal } from 'antd'
import { useState } from 'react'
import { objections } from '../../../api/objections.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { common } from '../../../texts/common.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

/** Passes an objection on: to the unit it is about, or to another that is responsible. */
export function AcceptDialog({ objection: { id, against }, onClose }: { objection: ObjectionView; onClose: () => void }) {
  const { say } = useLanguage()
  const [handler, setHandler] = useState(against)
  const [note, setNote] = useState('')
  const { run, busy, error } = useAct(objections.call.accept, onClose)
  return (
    <Modal
      open
      title={say(words.acceptTitle)}
      okText={say(words.accept)}
      okButtonProps={{ loading: busy }}
      cancelText={say(common.cancel)}
      onOk={() => run({ id, handler, note: note.trim() })}
      onCancel={onClose}
      destroyOnHidden
    >
      <div className="stack">
        <Alert type="info" showIcon title={say(words.acceptWhat)} />
        <Field id="accept-to" label={say(words.acceptTo)}>
          {(control) => <UnitSelect {...control} value={handler} onChange={setHandler} />}
        </Field>
        <Field id="accept-note" label={say(words.note)} optional>
          {(control) => <Input.TextArea {...control} rows={3} maxLength={1000} value={note} onChange={({ target }) => setNote(target.value)} />}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
