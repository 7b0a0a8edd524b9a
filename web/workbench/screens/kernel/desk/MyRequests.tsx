import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { requestStates } from '@zhenghe/ui/states.ts'
import { exchange } from '../../../api/exchange.ts'
import { common } from '../../../texts/common.ts'
import { deskWords as words } from '../../../texts/desk.ts'

const SHOWN = 6

/** How far my unit's requests are. */
export function MyRequests() {
  const { say } = useLanguage()
  const { data, error, isPending, refetch } = useQuery(exchange.query('requests', { side: 'mine', limit: SHOWN }))
  return (
    <Section title={say(words.myRequests)} extra={data && data.total > SHOWN && <Link to="/exchange/requests">{say(common.more)}</Link>}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {isPending && <Lines />}
      {data?.items.length === 0 && (
        <Empty title={say(words.noRequests)} next={say(words.noRequestsNext)} action={<Link to="/catalog">{say(words.toCatalogue)}</Link>} />
      )}
      <ul className="todo-list">
        {data?.items.map(({ id, entryName, providerName, state, clock }) => (
          <li key={id}>
            <Link to={`/exchange/requests/${id}`} className="todo-title">
              {entryName} <span className="faint">{providerName}</span>
            </Link>
            <span className="row">
              {clock && clock.tone !== 'ended' && <ClockChip clock={clock} />}
              <StateTag look={requestStates[state]} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
