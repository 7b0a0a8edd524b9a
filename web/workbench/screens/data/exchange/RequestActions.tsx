import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { requestAllows } from '@zhenghe/server/data/exchange/request.rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { useMay } from '../../../session.ts'
import { requestWords as words } from '../../../texts/requests.ts'
import { RaiseButton } from '../objections/RaiseButton.tsx'
import { ExtendDialog } from './ExtendDialog.tsx'

/** What the reader can do with a request now, by its state and their rights; the next step first. */
export function RequestActions({ request }: { request: RequestView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { id, state, grant } = request
  const answers = useMayAt(request.provider)('exchange.answer') && requestAllows(state, 'grant')
  const asConsumer = useMayAt(request.consumer)
  const supervises = useMay()('exchange.supervise')
  const [dialog, setDialog] = useState<'withdraw' | 'extend'>()
  const withdraw = useAct(exchange.call.withdrawRequest, () => setDialog(undefined))
  const subscribes = asConsumer('exchange.receive') && grant !== null && state === 'granted'
  return (
    <>
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {say(words.print)}
      </Button>
      <RaiseButton
        kind="application"
        subject={{ kind: 'request', id }}
        name={`${request.entryName} ${request.number}`}
        shown={asConsumer('objections.raise')}
      />
      {asConsumer('exchange.request') && requestAllows(state, 'withdraw') && <Button onClick={() => setDialog('withdraw')}>{say(words.withdraw)}</Button>}
      {supervises && requestAllows(state, 'extend') && <Button onClick={() => setDialog('extend')}>{say(words.extend)}</Button>}
      {answers && (
        <Button type="primary" onClick={() => void navigate({ to: `/exchange/requests/${id}/answer` })}>
          {say(words.answer)}
        </Button>
      )}
      {subscribes && <SubscribeButton entry={request.entry} grant={grant} />}
      {dialog === 'extend' && <ExtendDialog request={request} onClose={() => setDialog(undefined)} />}
      {dialog === 'withdraw' && (
        <ReasonDialog
          title={say(words.withdraw)}
          consequence={say(words.withdrawWhat)}
          label={say(words.reason)}
          action={say(words.withdraw)}
          busy={withdraw.busy}
          error={withdraw.error}
          onDo={(reason) => withdraw.run({ id, reason })}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  )
}

function SubscribeButton({ entry, grant }: { entry: string; grant: string }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { data } = useQuery(exchange.query('subscriptions', { entry }))
  const own = data?.items.find((one) => one.grant === grant)
  if (!data) return null
  return own ? (
    <Button type="primary" onClick={() => void navigate({ to: `/exchange/subscriptions/${own.id}` })}>
      {say(words.seeSubscription)}
    </Button>
  ) : (
    <Button type="primary" onClick={() => void navigate({ to: `/exchange/grants/${grant}/subscribe` })}>
      {say(words.subscribe)}
    </Button>
  )
}
