import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { troubleSides } from '@zhenghe/server/data/exchange/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { Alert } from 'antd'
import { troubleText } from '../../../parts/trouble-words.ts'
import { headed } from '../../../parts/wording.ts'
import { captureWords } from '../../../texts/capture.ts'
import { deliveryWords as words } from '../../../texts/deliveries.ts'

type Trouble = DeliveryView['troubles'][number]

const adviceOf = (capture: boolean, resumable: boolean): Text =>
  capture ? (resumable ? captureWords.resumable : captureWords.stopped) : resumable ? words.resumable : words.notResumable

/** What stands in the way now and what to do, then what went wrong before. */
export function Troubles({ delivery: { trouble, troubles, mode, retryAt } }: { delivery: DeliveryView }) {
  const { say, language } = useLanguage()
  const until = retryAt && formatMoment(retryAt, language)
  const inWords = ({ code, detail }: Trouble) => {
    const text = troubleText(code, Boolean(until))
    return text ? say(text, { until }) : detail || code
  }
  const waitsForHours = trouble?.code === 'source_hours'
  if (!trouble && troubles.length === 0) return null
  return (
    <>
      {trouble && (
        <Alert
          type={waitsForHours ? 'info' : trouble.resumable ? 'warning' : 'error'}
          showIcon
          title={headed(say(troubleSides[trouble.side]), inWords(trouble), language)}
          description={
            waitsForHours ? undefined : (
              <>
                <p>{say(adviceOf(mode === 'capture', trouble.resumable))}</p>
                <TroubleDetail trouble={trouble} />
              </>
            )
          }
        />
      )}
      {troubles.length > 0 && (
        <Section title={say(words.troubles)}>
          <Timeline
            entries={troubles.map((one) => ({
              key: `${one.at} ${one.code}`,
              at: one.at,
              title: say(troubleSides[one.side]),
              note: inWords(one),
              tone: one.resumable ? ('warn' as const) : ('bad' as const),
            }))}
          />
        </Section>
      )}
    </>
  )
}

/** The code and the node’s own words, for whoever mends it. */
function TroubleDetail({ trouble: { code, detail } }: { trouble: Trouble }) {
  const { say } = useLanguage()
  if (!troubleText(code) || !detail) return null
  return (
    <details className="trouble-detail">
      <summary>{say(words.technical)}</summary>
      <p lang="en" className="mono">
        {code}: {detail}
      </p>
    </details>
  )
}
