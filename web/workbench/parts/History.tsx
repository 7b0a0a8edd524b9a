import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { desk } from '../api/desk.ts'
import { useMay, useMe } from '../session.ts'
import { actOf } from '../texts/acts.ts'
import { ledgerWords as words } from '../texts/ledger.ts'
import { ActorName } from './ActorName.tsx'

/**
 * What was done to one record (`organizations.unit:<id>`), oldest first, from the ledger; to whom the line is open, with its proof.
 * @param beside the page tells the steps itself, so that these are only what stands in the ledger of them
 */
export function History({ subject, beside = false }: { subject: string; beside?: boolean }) {
  const { say } = useLanguage()
  const me = useMe()
  const seesAll = useMay()('kernel.read_ledger')
  const { data, error } = useQuery(desk.query('historyOf', { subject }))
  return (
    <Section title={say(beside ? words.records : words.history)}>
      {error && <Problem error={error} />}
      {!data && !error && <Lines />}
      {data?.length === 0 && <p className="faint">{say(words.noHistory)}</p>}
      <Timeline
        entries={(data ?? []).map(({ chain, seq, at, actor, actorName, endpoint, outcome }) => ({
          key: `${chain}.${seq}`,
          at,
          title: say(actOf(endpoint)),
          who: <ActorName name={actorName} />,
          tone: outcome === 'done' ? 'good' : 'warn',
          note: (seesAll || actor === me.person.id) && (
            <Link to="/ledger" search={{ line: `${chain}.${seq}` } as never}>
              {say(words.seeProof)}
            </Link>
          ),
        }))}
      />
    </Section>
  )
}
