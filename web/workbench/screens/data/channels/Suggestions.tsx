import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { shareTypes } from '@zhenghe/ui/states.ts'
import { channels } from '../../../api/channels.ts'
import { channelWords as words } from '../../../texts/channels.ts'

const LONGEST_QUESTION = 100

/** Catalogue entries that could replace a channel, those of its provider first. */
export function Suggestions({ text, provider }: { text: string; provider: string | undefined }) {
  const { say } = useLanguage()
  const { data } = useQuery(channels.query('suggest', { text: text.slice(0, LONGEST_QUESTION), ...(provider ? { provider } : {}) }))
  return (
    <Section title={say(words.suggestions)}>
      {!data && <Lines />}
      {data?.length === 0 && (
        <>
          <p className="faint">{say(words.noSuggestions)}</p>
          <Link to="/demand/new">{say(words.stateNeed)}</Link>
        </>
      )}
      <ul className="stack">
        {data?.map(({ entry, name, providerName, shareType, sameProvider }) => (
          <li key={entry}>
            <Link to={`/catalog/${entry}`}>{name}</Link>
            <p className="faint">{sameProvider ? say(words.sameProvider) : providerName}</p>
            <StateTag look={shareTypes[shareType]} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
