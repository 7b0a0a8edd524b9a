import { useNavigate } from '@tanstack/react-router'
import type { LiveDelivery } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import { deliveryModes, phases, routes } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { formatCount, formatDuration } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { deliveryStates } from '@zhenghe/ui/states.ts'
import { troubleOf } from '../../../parts/trouble-words.ts'
import { monitorWords as words } from '../../../texts/monitor.ts'

/** Deliveries that run, wait or have stopped: pace, progress, time left, route, and how long ago a node last told of them. */
export function LiveDeliveries({ deliveries }: { deliveries: readonly LiveDelivery[] }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const columns: Column<LiveDelivery>[] = [
    {
      key: 'resource',
      title: words.resource,
      lead: true,
      render: ({ entryName, mode, replay, trouble }) => (
        <>
          {entryName}
          <span className="monitor-unit faint">{say(replay ? words.replay : deliveryModes[mode])}</span>
          {trouble && <span className="monitor-trouble sign-warn">{say(troubleOf(trouble))}</span>}
        </>
      ),
    },
    { key: 'state', title: words.state, render: ({ state }) => <StateTag look={deliveryStates[state]} /> },
    { key: 'route', title: words.route, render: ({ providerName, consumerName }) => `${providerName} → ${consumerName}` },
    { key: 'progress', title: words.progress, width: 200, render: (one) => <Share delivery={one} /> },
    {
      key: 'pace',
      title: words.pace,
      align: 'end',
      render: ({ state, progress }) =>
        state === 'running' && progress ? <span className="number">{say(words.perSecond, { rows: formatCount(progress.rowsPerSecond) })}</span> : '—',
    },
    { key: 'eta', title: words.eta, align: 'end', render: ({ etaSeconds }) => (etaSeconds === null ? '—' : formatDuration(etaSeconds, language)) },
    { key: 'way', title: words.way, render: ({ route }) => (route ? say(routes[route]) : '—') },
    {
      key: 'told',
      title: words.told,
      align: 'end',
      render: ({ lagSeconds }) => (lagSeconds === null ? '—' : say(words.ago, { time: formatDuration(lagSeconds, language) })),
    },
  ]
  return (
    <Section title={say(words.deliveries)}>
      <DataTable
        id="monitor-deliveries"
        label={say(words.deliveries)}
        columns={columns}
        rows={deliveries}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: `/exchange/deliveries/${id}` })}
        empty={<Empty title={say(words.noDeliveries)} next={say(words.noDeliveriesNext)} />}
      />
    </Section>
  )
}

function Share({ delivery: { progress } }: { delivery: LiveDelivery }) {
  const { say, language } = useLanguage()
  if (!progress) return <span className="faint">—</span>
  if (progress.capture)
    return (
      <span className="monitor-share">
        {say(phases[progress.phase])}
        <span className="faint number">
          {say(words.captureBehind, { time: formatDuration(progress.capture.lagSeconds, language), rows: formatCount(progress.rowsLoaded) })}
        </span>
      </span>
    )
  const done = Math.max(progress.rowsLoaded, progress.rowsSent)
  const share = Math.min(1, progress.rowsPlanned > 0 ? done / progress.rowsPlanned : 0)
  return (
    <span className="monitor-share">
      <span className="monitor-bar" role="img" aria-label={`${Math.floor(share * 100)}%`}>
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="faint number">
        {say(phases[progress.phase])}　{Math.floor(share * 100)}%　{formatCount(done)}
      </span>
    </span>
  )
}
