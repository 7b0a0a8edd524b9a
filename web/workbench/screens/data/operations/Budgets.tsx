import type { MonitoredNode } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import type { Gauge } from '@zhenghe/server/data/nodes/health.contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { formatBytes, formatCount, formatDuration } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { monitorWords as words } from '../../../texts/monitor.ts'

const HALF = 0.5

/** Every gauge that a node tells of one of its databases (log kept back by a slot, and whatever else has a budget), as a bar up to its limit. */
export function Budgets({ nodes }: { nodes: readonly MonitoredNode[] }) {
  const { say } = useLanguage()
  const gauges = nodes.flatMap(({ id, name, stores }) =>
    stores.flatMap((store) => (store.gauges ?? []).map((gauge) => ({ key: `${id}/${store.id}/${gauge.name}`, place: `${name}　${store.id}`, gauge }))),
  )
  return (
    <Section title={say(words.budgets)}>
      {gauges.length === 0 ? (
        <Empty title={say(words.noBudgets)} next={say(words.noBudgetsNext)} />
      ) : (
        <>
          <p className="faint">{say(words.budgetsLead)}</p>
          <ul className="monitor-budgets">
            {gauges.map(({ key, place, gauge }) => (
              <Budget key={key} place={place} gauge={gauge} />
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}

function Budget({ place, gauge: { label, value, limit, unit } }: { place: string; gauge: Gauge }) {
  const { say, language } = useLanguage()
  const share = value / limit
  const tone = share >= 1 ? 'bad' : share >= HALF ? 'warn' : 'good'
  const figures = { value: shownIn(unit, value, language), limit: shownIn(unit, limit, language) }
  return (
    <li>
      <span>
        {say(label)}
        <span className="monitor-unit faint">{place}</span>
      </span>
      <span className={`monitor-bar ${tone}`} role="img" aria-label={`${place} ${say(label)} ${say(words.budgetOf, figures)}`}>
        <span style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span className={tone === 'good' ? 'number' : 'number sign-warn'}>
        {say(words.budgetOf, figures)}　{Math.round(share * 100)}%
      </span>
    </li>
  )
}

function shownIn(unit: Gauge['unit'], value: number, language: 'zh' | 'en'): string {
  if (unit === 'bytes') return formatBytes(value)
  return unit === 'seconds' ? formatDuration(value, language) : formatCount(value)
}
