import { PrinterOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { deliveryAllows } from '@zhenghe/server/data/exchange/delivery.rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { captureWords } from '../../../texts/capture.ts'
import { planWords, deliveryWords as words } from '../../../texts/deliveries.ts'
import { RaiseButton } from '../objections/RaiseButton.tsx'
import { CaptureDecisions, needsDecision } from './CaptureDecisions.tsx'
import { rangesOf } from './NextDelivery.tsx'

const SHORTEST_REASON = 2

/** Resume, cancel or order again, by the state; printing once there is a receipt. */
export function DeliveryActions({ delivery }: { delivery: DeliveryView }) {
  const { id, state, subscription, consumer, provider, receipt, mode, entryName, number } = delivery
  const ranges = delivery.progress && delivery.progress.ranges > 0 ? rangesOf(delivery.progress) : undefined
  const { say } = useLanguage()
  const navigate = useNavigate()
  const asConsumer = useMayAt(consumer)
  const asProvider = useMayAt(provider)
  const receives = asConsumer('exchange.receive')
  const [cancelling, setCancelling] = useState(false)
  const cancel = useAct(exchange.call.cancelDelivery, () => setCancelling(false))
  const retry = delivery.trouble?.resumable === false
  const over = state === 'done' || state === 'cancelled'
  const capture = mode === 'capture'
  const decided = capture && state === 'stopped' && needsDecision(delivery)
  return (
    <>
      {receipt && (
        <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
          {say(words.print)}
        </Button>
      )}
      <RaiseButton
        kind="use"
        subject={{ kind: 'delivery', id }}
        name={`${entryName} ${number}`}
        shown={asConsumer('objections.raise') || asProvider('objections.raise')}
      />
      {receives && deliveryAllows(state, 'cancel') && (
        <Button danger onClick={() => setCancelling(true)}>
          {say(capture ? captureWords.stop : words.cancel)}
        </Button>
      )}
      {capture && <CaptureDecisions delivery={delivery} />}
      {capture && receives && deliveryAllows(state, 'pause') && (
        <ActButton act={() => exchange.call.pauseCapture({ id })} confirm={{ title: say(captureWords.pause), content: say(captureWords.pauseWhat) }}>
          {say(captureWords.pause)}
        </ActButton>
      )}
      {receives && deliveryAllows(state, 'resume') && !decided && (
        <ActButton
          type="primary"
          act={() => exchange.call.resumeDelivery({ id })}
          {...(ranges && !retry ? { confirm: { title: say(words.resume), content: say(planWords.resumeWhat, ranges) } } : {})}
        >
          {say(retry ? words.retry : state === 'paused' ? captureWords.goOn : words.resume)}
        </ActButton>
      )}
      {receives && over && (
        <ActButton act={() => exchange.call.deliver({ id: subscription })} after={(next) => void navigate({ to: `/exchange/deliveries/${next.id}` })}>
          {say(words.again)}
        </ActButton>
      )}
      {cancelling && (
        <ReasonDialog
          title={say(capture ? captureWords.stop : words.cancel)}
          consequence={say(capture ? captureWords.stopWhat : words.cancelWhat)}
          label={say(words.cancelWhy)}
          least={SHORTEST_REASON}
          action={say(capture ? captureWords.stop : words.cancel)}
          danger
          busy={cancel.busy}
          error={cancel.error}
          onDo={(reason) => cancel.run({ id, reason })}
          onClose={() => setCancelling(false)}
        />
      )}
    </>
  )
}
