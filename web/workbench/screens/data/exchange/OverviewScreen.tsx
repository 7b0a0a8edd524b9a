import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bars } from '@zhenghe/ui/Bars.tsx'
import { Count } from '@zhenghe/ui/Figures.tsx'
import { formatCount, formatDay } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import type { ReactNode } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { overviewWords as words } from '../../../texts/deliveries.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'
import './Delivery.css'

const REFRESH_MS = 15_000

/** The exchange at a glance: nodes, what runs, what waits, what moved in a month. */
export function OverviewScreen() {
  const { say, language } = useLanguage()
  const { data, error, refetch } = useQuery({ ...exchange.query('overview', {}), refetchInterval: REFRESH_MS })
  if (!data) return <Page title={say(words.overview)}>{error ? <Problem error={error} onRetry={() => void refetch()} /> : <Lines count={6} />}</Page>
  const { nodes, running, waiting, stopped, days } = data
  const active = nodes.active ?? 0
  const others = Object.values(nodes).reduce((sum, count) => sum + (count ?? 0), 0) - active
  const total = (of: 'rows' | 'deliveries') => days.reduce((sum, day) => sum + day[of], 0)
  const bars = days.map(({ day, rows, deliveries }) => ({
    key: day,
    label: formatDay(day, language),
    value: rows,
    shown: say(words.dayShown, { rows: formatCount(rows), deliveries }),
  }))
  return (
    <Page title={say(words.overview)}>
      <div className="overview-tiles">
        <Tile
          to="/exchange/nodes"
          title={say(words.nodesActive)}
          figure={<Count value={active} />}
          note={say(others > 0 ? words.nodesOther : words.nodesAll, { count: others })}
        />
        <Tile to="/exchange/deliveries?state=running&state=ordered" title={say(words.running)} figure={<Count value={running} />} />
        <Tile to="/exchange/deliveries?state=waiting" title={say(words.waiting)} figure={<Count value={waiting} />} />
        <Tile to="/exchange/deliveries?state=stopped" title={say(words.stopped)} figure={<Count value={stopped} />} bad={stopped > 0} />
        <Tile to="/exchange/deliveries?state=done" title={say(words.rows)} figure={<Count value={total('rows')} short />} />
        <Tile to="/exchange/deliveries?state=done" title={say(words.deliveries)} figure={<Count value={total('deliveries')} />} />
      </div>
      <Section>
        <Bars title={say(words.daily)} bars={bars} />
      </Section>
      <Section title={say(words.latest)}>
        <DeliveriesTable />
      </Section>
    </Page>
  )
}

type TileProps = { to: string; title: string; figure: ReactNode; note?: string; bad?: boolean }

function Tile({ to, title, figure, note, bad = false }: TileProps) {
  const [path = '', query = ''] = to.split('?')
  return (
    <Link to={path} search={{ state: new URLSearchParams(query).getAll('state') } as never} className={bad ? 'overview-tile bad' : 'overview-tile'}>
      <p>{title}</p>
      <p className="overview-figure">{figure}</p>
      {note && <p className="faint">{note}</p>}
    </Link>
  )
}
