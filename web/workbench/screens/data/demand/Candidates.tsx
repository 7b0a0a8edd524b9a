import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { negativeStates } from '@zhenghe/ui/states.ts'
import { demand } from '../../../api/demand.ts'
import { listWords as words } from '../../../texts/demand.ts'

/** What was proposed for the negative list and is not decided yet. */
export function Candidates() {
  const { say } = useLanguage()
  const { data } = useQuery(demand.query('negatives', { state: ['candidate'] }))
  if (!data || data.length === 0) return null
  return (
    <div className="no-print">
      <Section title={say(words.candidates)}>
        <ul className="editions stack">
          {data.map(({ id, item, unitName, state }) => (
            <li key={id}>
              <Link to={`/demand/negative/${id}`}>{item}</Link>
              <span className="faint">{unitName}</span>
              <StateTag look={negativeStates[state]} />
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}
