import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { desk } from '../api/desk.ts'
import { partWords as words } from '../texts/parts.ts'
import './parts.css'

const HASH_SHOWN = 12

/** What the ledger holds about a record, newest first, each line with the way to its proof. `subject` is `catalog.entry:<id>`. */
export function RecordHistory({ subject }: { subject: string }) {
  const { say } = useLanguage()
  const { data, error } = useQuery(desk.query('historyOf', { subject }))
  return (
    <Section title={say(words.ledger)}>
      {error && <Problem error={error} />}
      {!data && !error && <Lines />}
      {data?.length === 0 && <p className="faint">{say(words.noLedger)}</p>}
      <ol className="record-history">
        {data?.toReversed().map(({ chain, seq, at, actorName, endpoint, outcome, hash }) => (
          <li key={`${chain} ${seq}`}>
            <span>
              <span className="mono">{endpoint}</span> {actorName}
              {outcome !== 'done' && <span className="faint"> {outcome}</span>}
            </span>
            <span className="faint">
              <Moment value={at} />{' '}
              <Link to="/ledger" search={{ chain, seq, subject } as never} className="mono" aria-label={say(words.proofOf, { line: `${chain}-${seq}` })}>
                {hash.slice(0, HASH_SHOWN)}
              </Link>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
