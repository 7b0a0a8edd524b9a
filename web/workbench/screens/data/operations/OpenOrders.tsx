import { Link } from '@tanstack/react-router'
import type { MonitoredNode } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { monitorWords as words } from '../../../texts/monitor.ts'

type Order = MonitoredNode['orders'][number]
const WORDS: Record<Order['kind'], Text> = { drop_role: words.dropRole, replay_letters: words.replayLetters, replay_capture: words.replayCapture }

function About({ kind, subject }: Pick<Order, 'kind' | 'subject'>) {
  const { say } = useLanguage()
  if (kind === 'replay_letters') return say(WORDS[kind])
  return <Link to={kind === 'drop_role' ? `/exchange/grants/${subject}` : `/exchange/deliveries/${subject}`}>{say(WORDS[kind])}</Link>
}

/** What nodes have still to carry out besides deliveries, and why it has not worked yet. */
export function OpenOrders({ nodes }: { nodes: readonly MonitoredNode[] }) {
  const { say } = useLanguage()
  return (
    <div className="monitor-orders">
      <h3>{say(words.orders)}</h3>
      <ul className="monitor-list">
        {nodes.flatMap(({ name, orders }) =>
          orders.map(({ id, kind, subject, orderedAt, attempts, trouble }) => (
            <li key={id}>
              <span>
                {name}　<About kind={kind} subject={subject} />
              </span>
              <span className={trouble ? 'sign-warn' : 'faint'}>{trouble ? say(words.orderTrouble, { attempts, trouble }) : say(words.orderWaiting)}</span>
              <Moment value={orderedAt} />
            </li>
          )),
        )}
      </ul>
    </div>
  )
}
