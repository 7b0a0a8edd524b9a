import type { DeliveryView, Progress } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { routes } from '@zhenghe/server/data/exchange/texts.ts'
import { Bytes, Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatDuration } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Alert, Progress as Bar } from 'antd'
import { captureWords as words } from '../../../texts/capture.ts'
import { deliveryWords } from '../../../texts/deliveries.ts'

/** From this share of the budget on, somebody should look. */
const ALARM_SHARE = 0.5

/** A change capture that goes on: how far behind it is, what it has applied, and what its source keeps for it. */
export function CaptureState({ progress, route }: { progress: Progress; route: DeliveryView['route'] }) {
  const { say, language } = useLanguage()
  const { capture } = progress
  const share = capture && capture.budgetBytes > 0 ? capture.keptBytes / capture.budgetBytes : 0
  const figures = [
    { label: words.lag, value: capture ? lagOf(capture.lagSeconds, say(words.upToDate), language) : '—' },
    { label: words.lagBytes, value: capture ? <Bytes value={capture.lagBytes} /> : '—' },
    { label: words.changes, value: <Count value={progress.rowsRead} /> },
    { label: words.applied, value: <Count value={progress.rowsLoaded} /> },
    { label: deliveryWords.rejectedRows, value: <Count value={progress.rowsRejected} /> },
    { label: words.lastChange, value: <Moment value={capture?.committedAt ?? null} precision="second" />, wide: true },
    { label: words.position, value: <span className="mono">{capture?.position ?? '—'}</span> },
    { label: deliveryWords.way, value: route ? say(routes[route]) : '—' },
  ]
  return (
    <Section title={say(words.title)}>
      {share >= ALARM_SHARE && (
        <Alert
          type={share >= 1 ? 'error' : 'warning'}
          showIcon
          title={say(words.budgetAlarm, { percent: Math.round(share * 100) })}
          description={say(words.budgetWhat)}
        />
      )}
      <dl className="counts">
        {figures.map(({ label, value, wide = false }) => (
          <div key={label.zh} {...(wide ? { className: 'wide' } : {})}>
            <dt>{say(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {capture && (
        <div className="capture-budget">
          <span id="capture-kept">{say(words.kept)}</span>
          <Bar
            aria-labelledby="capture-kept"
            percent={Math.min(Math.round(share * 100), 100)}
            status={share >= 1 ? 'exception' : 'normal'}
            {...(share >= ALARM_SHARE && share < 1 ? { strokeColor: 'var(--warn)' } : {})}
          />
          <span className="faint">
            <Bytes value={capture.keptBytes} /> / <Bytes value={capture.budgetBytes} />
          </span>
        </div>
      )}
    </Section>
  )
}

function lagOf(seconds: number, upToDate: string, language: Parameters<typeof formatDuration>[1]): string {
  return seconds < 1 ? upToDate : formatDuration(seconds, language)
}
