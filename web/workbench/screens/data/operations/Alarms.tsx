import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Alarm, AlarmKind, Threshold } from '@zhenghe/server/data/exchange/alarm.contract.ts'
import { alarmKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { useRefreshWhile } from '../../../hooks/useRefreshWhile.ts'
import { useMay } from '../../../session.ts'
import { monitorWords as words } from '../../../texts/monitor.ts'
import { figureWords } from './figure-words.ts'
import { Thresholds } from './Thresholds.tsx'

const EVERY_MS = 15_000
type State = 'open' | 'closed'

const PLACES: Readonly<Record<AlarmKind, (record: string) => string>> = {
  node_silent: (id) => `/exchange/nodes/${id}`,
  clock_off: (id) => `/exchange/nodes/${id}`,
  disk_low: (id) => `/exchange/nodes/${id}`,
  outbox_growing: (id) => `/exchange/nodes/${id}`,
  letters_refused: (id) => `/exchange/nodes/${id}`,
  budget_exceeded: (id) => `/exchange/nodes/${id}`,
  delivery_waiting: (id) => `/exchange/deliveries/${id}`,
  delivery_late: (id) => `/exchange/subscriptions/${id}`,
  reconciliation_differs: (id) => `/exchange/subscriptions/${id}`,
  quarantine_high: () => '/exchange/quarantine',
  grant_expiring: (id) => `/exchange/grants/${id}`,
}

/** What is wrong now, who sees to it, and what has been. */
export function Alarms({ openNow }: { openNow: number }) {
  const { say } = useLanguage()
  const [state, setState] = useState<State>('open')
  const [seeing, setSeeing] = useState<Alarm>()
  const supervises = useMay()('exchange.supervise')
  const [setting, setSetting] = useState(false)
  const { data: thresholds = [] } = useQuery(exchange.query('thresholds', {}))
  const { rows, total, paging, busy, error, retry } = usePages({ state }, (after) => exchange.query('alarms', { state, ...(after ? { after } : {}) }))
  useRefreshWhile(true, ['exchange', 'alarms'], EVERY_MS)
  const tools = (
    <Segmented<State>
      value={state}
      onChange={setState}
      options={[
        { value: 'open', label: `${say(words.open)} ${openNow}` },
        { value: 'closed', label: say(words.history) },
      ]}
    />
  )
  const extra = supervises && <Button onClick={() => setSetting(true)}>{say(words.thresholds)}</Button>
  return (
    <Section title={say(words.alarms)} extra={extra}>
      <DataTable
        id={`monitor-alarms-${state}`}
        label={say(words.alarms)}
        columns={useColumns(state, thresholds, setSeeing)}
        rows={rows}
        total={total}
        paging={paging}
        busy={busy}
        keyOf={({ id }) => id}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={state === 'open' ? <Empty title={say(words.noAlarms)} next={say(words.noAlarmsNext)} /> : <Empty title={say(words.noHistory)} />}
        tools={tools}
      />
      {seeing && <Acknowledge alarm={seeing} onClose={() => setSeeing(undefined)} />}
      {setting && <Thresholds thresholds={thresholds} onClose={() => setSetting(false)} />}
    </Section>
  )
}

function Acknowledge({ alarm: { id, kind, name }, onClose }: { alarm: Alarm; onClose: () => void }) {
  const { say } = useLanguage()
  const { run, busy, error } = useAct(exchange.call.acknowledgeAlarm, onClose)
  return (
    <ReasonDialog
      title={`${say(alarmKinds[kind])}　${name}`}
      consequence={say(words.acknowledgeWhat)}
      label={say(words.note)}
      action={say(words.acknowledge)}
      busy={busy}
      error={error}
      onDo={(note) => run({ id, note })}
      onClose={onClose}
    />
  )
}

function useColumns(state: State, thresholds: readonly Threshold[], see: (alarm: Alarm) => void): Column<Alarm>[] {
  const { say, language } = useLanguage()
  const may = useMay()
  return [
    {
      key: 'what',
      title: words.what,
      lead: true,
      render: ({ kind, record, name }) => (
        <>
          {say(alarmKinds[kind])}
          <span className="monitor-unit">
            <Link to={PLACES[kind](record)}>{name}</Link>
          </span>
        </>
      ),
    },
    {
      key: 'level',
      title: words.state,
      render: ({ level }) => <StateTag look={level === 'critical' ? { tone: 'bad', text: words.critical } : { tone: 'warn', text: words.warning }} />,
    },
    {
      key: 'figure',
      title: words.figure,
      align: 'end',
      render: ({ kind, figure }) => <span className="number">{figureWords(kind, figure, thresholds, say)}</span>,
    },
    { key: 'since', title: words.since, render: ({ openedAt }) => <Moment value={openedAt} /> },
    ...(state === 'closed' ? [{ key: 'until', title: words.until, render: ({ closedAt }: Alarm) => <Moment value={closedAt} /> }] : []),
    {
      key: 'seen',
      title: words.seen,
      render: (alarm) => {
        const { acknowledgedAt, acknowledgedByName, note, unit, closedAt } = alarm
        if (acknowledgedAt)
          return (
            <>
              {say(words.seenBy, { name: acknowledgedByName ?? '', time: formatMoment(acknowledgedAt, language) })}
              {note && <span className="monitor-unit faint">{note}</span>}
            </>
          )
        if (closedAt || !may('nodes.operate', { unit })) return <span className="faint">—</span>
        return (
          <Button size="small" onClick={() => see(alarm)}>
            {say(words.acknowledge)}
          </Button>
        )
      },
    },
  ]
}
