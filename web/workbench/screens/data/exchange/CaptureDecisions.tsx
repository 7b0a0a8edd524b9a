import { useNavigate } from '@tanstack/react-router'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { exchange } from '../../../api/exchange.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { captureWords as words } from '../../../texts/capture.ts'

/** Troubles of a capture after which it cannot simply be tried again. */
export function needsDecision({ trouble }: DeliveryView): boolean {
  return trouble?.code === 'slot_lost' || trouble?.code === 'schema_changed'
}

/** What a person decides about a capture that stopped: the provider about changed columns, the consumer about a new load. */
export function CaptureDecisions({ delivery: { id, state, trouble, schemaProposed, provider, consumer, subscription } }: { delivery: DeliveryView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const answers = useMayAt(provider)('exchange.answer')
  const receives = useMayAt(consumer)('exchange.receive')
  if (state !== 'stopped') return null
  return (
    <>
      {schemaProposed && answers && (
        <ActButton type="primary" act={() => exchange.call.acceptSchema({ id })} confirm={{ title: say(words.accept), content: say(words.acceptWhat) }}>
          {say(words.accept)}
        </ActButton>
      )}
      {schemaProposed && !answers && <span className="faint">{say(words.schemaForConsumer)}</span>}
      {trouble?.code === 'slot_lost' && receives && (
        <ActButton
          type="primary"
          act={() => exchange.call.deliver({ id: subscription })}
          confirm={{ title: say(words.reload), content: say(words.reloadWhat, { cost: trouble.detail }) }}
          after={(next) => void navigate({ to: `/exchange/deliveries/${next.id}` })}
        >
          {say(words.reload)}
        </ActButton>
      )}
    </>
  )
}
