import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { exchange } from '../../../api/exchange.ts'
import { saySchedule } from './schedule-words.ts'
import { subscriptionLook } from './subscription-look.ts'
import './Delivery.css'

const ASKED = 200

/** The subscriptions that rest on a grant. */
export function SubscriptionList({ entry, grant, empty }: { entry: string; grant: string; empty: string }) {
  const { language } = useLanguage()
  const { data } = useQuery(exchange.query('subscriptions', { entry, limit: ASKED }))
  const own = data?.items.filter((one) => one.grant === grant)
  if (!own) return <Lines />
  if (own.length === 0) return <p className="faint">{empty}</p>
  return (
    <ul className="plain-list">
      {own.map((one) => (
        <li key={one.id}>
          <Link to={`/exchange/subscriptions/${one.id}`} className="mono">{`${one.store} · ${one.schema}.${one.table}`}</Link>
          <span className="row">
            <span className="faint">{saySchedule(one.schedule, language)}</span>
            <StateTag look={subscriptionLook(one)} />
          </span>
        </li>
      ))}
    </ul>
  )
}
