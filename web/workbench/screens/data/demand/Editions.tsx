import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ListKind } from '@zhenghe/server/data/demand/list.contract.ts'
import { listNames } from '@zhenghe/server/data/demand/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { demand } from '../../../api/demand.ts'
import { listWords as words } from '../../../texts/demand.ts'

/** The published editions of a list, newest first. */
export function Editions({ list }: { list: ListKind }) {
  const { say } = useLanguage()
  const { data } = useQuery(demand.query('editions', { list }))
  return (
    <div className="no-print">
      <Section title={say(words.editions)}>
        {!data && <Lines count={2} />}
        {data?.length === 0 && <p className="faint">{say(words.noEditions)}</p>}
        <ul className="editions stack">
          {data?.map(({ id, number, publishedAt, publishedByName, rowCount, note }) => (
            <li key={id}>
              <Link to={`/demand/editions/${id}`}>{say(words.edition, { list: listNames[list], number })}</Link>
              <Moment value={publishedAt} />
              <span className="faint">{say(words.editionOf, { rows: formatCount(rowCount), name: publishedByName })}</span>
              {note && <span>{note}</span>}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}
