import { Link } from '@tanstack/react-router'
import type { MonitoredNode } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { monitorWords as words } from '../../../texts/monitor.ts'

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
                {name}　{kind === 'drop_role' ? <Link to={`/exchange/grants/${subject}`}>{say(words.dropRole)}</Link> : say(words.replayLetters)}
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
