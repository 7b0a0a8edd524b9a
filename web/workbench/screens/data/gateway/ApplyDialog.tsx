import { useNavigate } from '@tanstack/react-router'
import { PurposeKind } from '@zhenghe/server/data/exchange/request.contract.ts'
import { purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { AccessWish } from '@zhenghe/server/data/gateway/access.contract.ts'
import type { ApiView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { dayOf } from '@zhenghe/server/kernel/time.ts'
import { DayField } from '@zhenghe/ui/DayField.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMe } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { gatewayWords, accessWords as words } from '../../../texts/gateway.ts'
import { termAfter } from '../exchange/term.ts'

const FIRST_QUOTA = 10_000

/** Asks for an interface: on what basis, what for, how often, how long. */
export function ApplyDialog({ api, n, onClose }: { api: ApiView; n: number; onClose: () => void }) {
  const { say } = useLanguage()
  const { person } = useMe()
  const navigate = useNavigate()
  const [wish, setWish] = useState({
    ...{ basis: '', purposeKind: 'service' as PurposeKind, purpose: '', quotaPerDay: FIRST_QUOTA },
    ...{ termUntil: termAfter(dayOf(new Date()), 'one'), contact: person.name },
  })
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(gateway.call.apply, ({ id }) => void navigate({ to: `/interfaces/accesses/${id}` }))
  const put = (change: Partial<typeof wish>) => setWish({ ...wish, ...change })
  const parsed = AccessWish.safeParse(wish)
  const wrong = (field: keyof typeof wish, label: string) =>
    tried && parsed.error?.issues.some(({ path }) => path[0] === field) ? say(common.required, { field: label }) : undefined
  const submit = () => {
    setTried(true)
    if (parsed.success) run({ id: api.id, n, wish: parsed.data })
  }
  return (
    <Modal
      open
      width={640}
      title={`${say(gatewayWords.apply)}：${api.name} v${n}`}
      okText={say(words.submit)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Field id="basis" label={say(words.basis)} hint={say(words.basisHint)} error={wrong('basis', say(words.basis))}>
          {(control) => (
            <Input.TextArea {...control} value={wish.basis} maxLength={1000} autoSize onChange={({ target }) => put({ basis: target.value })} autoFocus />
          )}
        </Field>
        <Field id="purpose" label={say(words.purpose)} error={wrong('purpose', say(words.purpose))}>
          {(control) => (
            <Input.TextArea
              {...control}
              value={wish.purpose}
              maxLength={1000}
              autoSize={{ minRows: 2 }}
              onChange={({ target }) => put({ purpose: target.value })}
            />
          )}
        </Field>
        <div className="fields">
          <Field id="purpose-kind" label={say(words.purposeKind)}>
            {(control) => (
              <Select
                {...control}
                value={wish.purposeKind}
                options={PurposeKind.options.map((value) => ({ value, label: say(purposeKinds[value]) }))}
                onChange={(purposeKind) => put({ purposeKind })}
              />
            )}
          </Field>
          <Field id="quota" label={say(words.quota)} error={wrong('quotaPerDay', say(words.quota))}>
            {({ status, ...control }) => (
              <InputNumber
                {...control}
                status={status}
                min={1}
                precision={0}
                value={wish.quotaPerDay}
                onChange={(value) => put({ quotaPerDay: value ?? 0 })}
                style={{ width: '100%' }}
              />
            )}
          </Field>
          <Field id="term" label={say(words.termUntil)} error={wrong('termUntil', say(words.termUntil))}>
            {(control) => <DayField {...control} value={wish.termUntil} onChange={(termUntil) => put({ termUntil })} />}
          </Field>
          <Field id="contact" label={say(words.contact)} error={wrong('contact', say(words.contact))}>
            {(control) => <Input {...control} value={wish.contact} maxLength={60} onChange={({ target }) => put({ contact: target.value })} />}
          </Field>
        </div>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
