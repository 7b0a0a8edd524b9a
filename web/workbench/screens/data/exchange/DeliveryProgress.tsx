import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { phases, routes } from '@zhenghe/server/data/exchange/texts.ts'
import { Bytes, Count } from '@zhenghe/ui/Figures.tsx'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Progress } from '@zhenghe/ui/Progress.tsx'
import { Alert } from 'antd'
import { captureWords } from '../../../texts/capture.ts'
import { deliveryWords as words } from '../../../texts/deliveries.ts'
import { CaptureState } from './CaptureState.tsx'

const PHASES = ['preparing', 'planning', 'moving', 'indexing', 'swapping', 'reconciling', 'finished'] as const

/** How far a delivery is: its phase, its rows with rate and time left, and every count as it grows. */
export function DeliveryProgress({ delivery: { progress, route, state, retryAt } }: { delivery: DeliveryView }) {
  const { say, language } = useLanguage()
  const waiting = retryAt ? say(words.notBefore, { at: formatMoment(retryAt, language) }) : say(words.waitingForNodes)
  if (!progress) return state === 'ordered' ? <Alert type="info" showIcon title={waiting} /> : null
  if (progress.phase === 'following')
    return (
      <>
        {state === 'paused' && <Alert type="info" showIcon title={say(captureWords.paused)} />}
        <CaptureState progress={progress} route={route} />
      </>
    )
  const at = PHASES.indexOf(progress.phase)
  const counts = [
    { label: words.read, value: <Count value={progress.rowsRead} /> },
    { label: words.rejectedRows, value: <Count value={progress.rowsRejected} /> },
    { label: words.sent, value: <Count value={progress.rowsSent} /> },
    { label: words.loadedRows, value: <Count value={progress.rowsLoaded} /> },
    { label: words.bytes, value: <Bytes value={progress.bytes} /> },
    { label: words.way, value: route ? say(routes[route]) : '—' },
  ]
  return (
    <Section title={say(words.progress)}>
      <ol className="phases">
        {PHASES.map((phase, index) => (
          <li key={phase} className={index < at ? 'past' : index === at ? 'now' : undefined} aria-current={index === at ? 'step' : undefined}>
            {say(phases[phase])}
          </li>
        ))}
      </ol>
      <Progress
        label={`${say(phases[progress.phase])}　${say(words.rangesOf, { done: progress.rangesDone, all: progress.ranges })}`}
        done={progress.rowsLoaded}
        planned={Math.max(progress.rowsPlanned, progress.rowsLoaded)}
        perSecond={progress.rowsPerSecond}
        ended={progress.phase === 'finished'}
      />
      <dl className="counts">
        {counts.map(({ label, value }) => (
          <div key={label.zh}>
            <dt>{say(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
