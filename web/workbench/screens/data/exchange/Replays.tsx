import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Replay } from '@zhenghe/server/data/exchange/replay.contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { deliveryStates } from '@zhenghe/ui/states.ts'
import { useEffect, useRef } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { quarantineWords as words } from '../../../texts/deliveries.ts'

const POLL_MS = 2000
const SHOWN = 5
/** Under way, or done while the quarantine does not show it yet. */
const moving = ({ state, rows, mended, rejected }: Replay): boolean =>
  state === 'ordered' || state === 'running' || state === 'waiting' || (state === 'done' && mended + rejected < rows)

/** The latest replays: how far each is, and how many of its rows passed. When one has ended the list of rows is asked for anew. */
export function Replays() {
  const { say } = useLanguage()
  const queries = useQueryClient()
  const { data = [] } = useQuery({
    ...exchange.query('replays', {}),
    refetchInterval: ({ state }) => ((state.data as Replay[] | undefined)?.some(moving) ? POLL_MS : false),
  })
  const live = data.filter(moving).length
  const before = useRef(live)
  useEffect(() => {
    if (live < before.current) void queries.invalidateQueries({ queryKey: ['exchange', 'quarantine'] })
    before.current = live
  }, [live, queries])
  if (data.length === 0) return null
  return (
    <Section title={say(words.replays)}>
      <ul className="plain-list">
        {data.slice(0, SHOWN).map((one) => (
          <li key={one.delivery}>
            <span className="row">
              <Link to={`/exchange/deliveries/${one.delivery}`}>{one.entryName}</Link>
              <span>→ {one.consumerName}</span>
            </span>
            <span className="row">
              <StateTag look={deliveryStates[one.state]} />
              <span className="number" aria-live="polite">
                {resultOf(one, say)}
              </span>
            </span>
            <Moment value={one.orderedAt} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function resultOf(one: Replay, say: ReturnType<typeof useLanguage>['say']): string {
  if (one.mended + one.rejected > 0) return say(words.replayResult, { mended: one.mended, rejected: one.rejected })
  return say(one.state === 'done' ? words.replaySettling : words.replayRows, { rows: one.rows })
}
