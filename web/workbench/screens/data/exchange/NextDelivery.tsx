import { useQuery } from '@tanstack/react-query'
import type { DeliveryPlan } from '@zhenghe/server/data/exchange/plan.contract.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { formatBytes, formatCount, formatDuration, formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { exchange } from '../../../api/exchange.ts'
import { planWords as words } from '../../../texts/deliveries.ts'
import { cursorWords } from './cursor-words.ts'

/** What the next delivery of a subscription would do, before anybody orders it. */
export function NextDelivery({ subscription }: { subscription: string }) {
  const { data } = useQuery(exchange.query('deliveryPlan', { id: subscription }))
  return data ? <Plan plan={data} /> : null
}

function Plan({ plan: { mode, from, estimate, resume, hours } }: { plan: DeliveryPlan }) {
  const { say, language } = useLanguage()
  const expected = estimate && {
    rows: formatCount(estimate.rows),
    bytes: formatBytes(estimate.bytes),
    time: formatDuration(estimate.seconds, language),
    number: estimate.number,
  }
  return (
    <div className="stack">
      <span>{[say(deliveryModes[mode]), expected ? say(words.expect, expected) : say(words.unknown)].join('　')}</span>
      {from !== null && <span>{say(words.from, { from: cursorWords(from, language) })}</span>}
      {hours && <span>{say(words.hours, { spans: hours.spans })}</span>}
      {hours?.opensAt && <span>{say(words.opens, { at: formatMoment(hours.opensAt, language) })}</span>}
      {resume && <span>{say(words.resume, { number: resume.number, ...rangesOf(resume) })}</span>}
    </div>
  )
}

/** As a person counts: the range that comes next, of how many. */
export function rangesOf({ rangesDone, ranges }: { rangesDone: number; ranges: number }): { next: string; ranges: string; done: string } {
  return { next: formatCount(Math.min(rangesDone + 1, ranges)), ranges: formatCount(ranges), done: formatCount(rangesDone) }
}
