import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { common } from '../../../texts/common.ts'
import { wishWords, requestWords as words } from '../../../texts/requests.ts'

const FIRST_DAYS = 5
const LONGEST_DAYS = 60
const SHORTEST_REASON = 4

/** The data authority consents to more days; the rule itself says how many there may be. */
export function ExtendDialog({ request, onClose }: { request: Pick<RequestView, 'id'>; onClose: () => void }) {
  const { say } = useLanguage()
  const [days, setDays] = useState(FIRST_DAYS)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(exchange.call.extend, onClose)
  const short = reason.trim().length < SHORTEST_REASON
  const submit = () => {
    setTried(true)
    if (!short) run({ id: request.id, days, reason: reason.trim() })
  }
  return (
    <Modal
      open
      title={say(words.extend)}
      okText={say(words.extend)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Field id="extend-days" label={say(words.extendDays)} hint={say(words.extendHint)}>
          {(control) => <InputNumber {...control} min={1} max={LONGEST_DAYS} precision={0} value={days} onChange={(value) => setDays(value ?? FIRST_DAYS)} />}
        </Field>
        <Field
          id="extend-reason"
          label={say(words.reason)}
          error={tried && short ? say(wishWords.required, { field: say(words.reason), least: SHORTEST_REASON }) : undefined}
        >
          {(control) => <Input.TextArea {...control} rows={3} value={reason} onChange={({ target }) => setReason(target.value)} />}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
