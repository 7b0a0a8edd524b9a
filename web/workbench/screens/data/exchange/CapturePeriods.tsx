import { useQuery } from '@tanstack/react-query'
import type { CapturePeriod } from '@zhenghe/server/data/exchange/capture.contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { exchange } from '../../../api/exchange.ts'
import { captureWords as words } from '../../../texts/capture.ts'

const POLL_MS = 5000
const SHOWN = 20

/** 对账 of a capture: what both sides have signed, stretch by stretch, newest first. */
export function CapturePeriods({ delivery, live }: { delivery: string; live: boolean }) {
  const { say } = useLanguage()
  const { data } = useQuery({ ...exchange.query('capturePeriods', { id: delivery, limit: SHOWN }), refetchInterval: live ? POLL_MS : false })
  if (!data) return null
  return (
    <Section title={say(words.periods)}>
      {data.items.length === 0 ? (
        <p className="faint">{say(words.noPeriods)}</p>
      ) : (
        <div className="capture-periods balance">
          <table>
            <thead>
              <tr>
                {[words.periodHead, words.until, words.sum, words.received, words.verdict].map((head) => (
                  <th key={head.zh} scope="col">
                    {say(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.items.map((period) => (
                <PeriodLine key={period.n} period={period} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function PeriodLine({ period: { n, manifest, receipt, balance } }: { period: CapturePeriod }) {
  const { say } = useLanguage()
  const [theirs, ours] = [manifest?.body, receipt?.body]
  const sum = theirs && `${formatCount(theirs.read)} = ${formatCount(theirs.filtered)} + ${formatCount(theirs.rejected)} + ${formatCount(theirs.sent)}`
  return (
    <tr>
      <th scope="row">{n === 0 ? say(words.load) : say(words.period, { n })}</th>
      <td>
        <Moment value={theirs?.endedAt ?? ours?.endedAt ?? null} precision="second" />
      </td>
      <td className="number">{sum ?? '—'}</td>
      <td className="number">{ours ? `${formatCount(ours.received)} = ${formatCount(ours.loaded)}` : '—'}</td>
      <td className={balance ? (balance.agrees ? 'good' : 'bad') : 'faint'}>
        {say(balance ? (balance.agrees ? words.agrees : words.differs) : words.oneSided)}
      </td>
    </tr>
  )
}
