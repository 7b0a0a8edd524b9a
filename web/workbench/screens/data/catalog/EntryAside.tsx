import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { steps as stepTexts } from '@zhenghe/server/data/catalog/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import type { Tone } from '@zhenghe/ui/StateTag.tsx'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { exchange } from '../../../api/exchange.ts'
import { bracketed } from '../../../parts/wording.ts'
import { entryWords as words } from '../../../texts/catalog.ts'

type Step = Entry['steps'][number]
const TONES: Partial<Record<Step['act'], Tone>> = { published: 'good', returned: 'warn', withdrawn: 'bad', submitted: 'busy', department_approved: 'busy' }

export function EntrySteps({ steps }: { steps: readonly Step[] }) {
  const { say, language } = useLanguage()
  const entries = steps.toReversed().map(({ at, act, byName, note, version }) => ({
    key: `${at} ${act}`,
    at,
    title: bracketed(say(stepTexts[act]), say(words.version, { version }), language),
    who: byName,
    tone: TONES[act] ?? ('quiet' as const),
    ...(note ? { note } : {}),
  }))
  return (
    <Section title={say(words.history)}>
      <Timeline entries={entries} />
    </Section>
  )
}

export function EntryVersions({ entry: { head, versions }, shown }: { entry: Entry; shown: number }) {
  const { say } = useLanguage()
  if (versions.length < 2) return null
  return (
    <Section title={say(words.versions)}>
      <ul className="side-list">
        {versions.toReversed().map(({ version, publishedAt }) => (
          <li key={version}>
            {version === shown ? (
              <strong>{say(words.version, { version })}</strong>
            ) : (
              <Link to={`/catalog/${head.id}`} search={{ version } as never}>
                {say(words.version, { version })}
              </Link>
            )}
            <span className="faint">{publishedAt ? <Moment value={publishedAt} /> : say(words.versionDraft)}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

const USERS_ASKED = 200

/** How many units use the resource, and those of them the reader may know of. */
export function EntryUsers({ entry }: { entry: string }) {
  const { say } = useLanguage()
  const { data: quality } = useQuery(exchange.query('quality', { entry }))
  const { data: grants } = useQuery(exchange.query('grants', { entry, state: 'in_force', limit: USERS_ASKED }))
  return (
    <Section title={say(words.users)}>
      <p>{quality && (quality.consumers > 0 ? say(words.consumers, { count: quality.consumers }) : <span className="faint">{say(words.noConsumers)}</span>)}</p>
      <ul className="side-list">
        {grants?.items.map(({ id, consumerName, notAfter }) => (
          <li key={id}>
            <Link to={`/exchange/grants/${id}`}>{consumerName}</Link>
            <span className="faint">
              → <Moment value={notAfter} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
