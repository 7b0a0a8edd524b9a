import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { pushStates } from '@zhenghe/ui/states.ts'
import { Button } from 'antd'
import { exchange } from '../../../api/exchange.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { pushWords as words } from '../../../texts/pushes.ts'
import { saySchedule } from './schedule-words.ts'

/** The push tasks of a subscription; its provider can draft another. */
export function SubscriptionPushes({ subscription: { id, provider, stoppedAt } }: { subscription: Subscription }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const pushes = useMayAt(provider)('exchange.push') && !stoppedAt
  const { data } = useQuery(exchange.query('pushes', { subscription: id }))
  if (!pushes && !data?.total) return null
  return (
    <Section
      title={say(words.pushes)}
      extra={pushes && <Button onClick={() => void navigate({ to: `/exchange/subscriptions/${id}/push` })}>{say(words.make)}</Button>}
    >
      {data?.total === 0 && <p className="faint">{say(words.empty)}</p>}
      <ul className="stack">
        {data?.items.map((push) => (
          <li key={push.id} className="row">
            <Link to={`/exchange/pushes/${push.id}`}>{push.name}</Link>
            <StateTag look={pushStates[push.state]} />
            <span className="faint">{saySchedule(push.schedule, language)}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
