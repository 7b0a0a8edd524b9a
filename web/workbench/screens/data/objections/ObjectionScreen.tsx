import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ObjectionStep, ObjectionView, Subject } from '@zhenghe/server/data/objections/contract.ts'
import { objectionKinds, objectionSteps, subjectKinds, topics } from '@zhenghe/server/data/objections/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag, type Tone } from '@zhenghe/ui/StateTag.tsx'
import { objectionStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { objections } from '../../../api/objections.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { headed } from '../../../parts/wording.ts'
import { objectionWords as words } from '../../../texts/objections.ts'
import { AttachedFile } from './AttachedFile.tsx'
import { DoubtedRows } from './DoubtedRows.tsx'
import { ObjectionActions } from './ObjectionActions.tsx'
import { ObjectionOutcome } from './ObjectionOutcome.tsx'

const crumbsOf = (label: string) => [{ key: 'objections', link: <Link to="/objections">{label}</Link> }]

/** One objection: what is doubted and why, how it stands against its clock, and the next step of whoever must take it. */
export function ObjectionScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(objections.query('objection', { id }))
  return (
    <Loaded query={query} title={say(words.objections)} crumbs={crumbsOf(say(words.objections))}>
      {(objection) => <ObjectionPage objection={objection} />}
    </Loaded>
  )
}

function ObjectionPage({ objection }: { objection: ObjectionView }) {
  const { say } = useLanguage()
  const { id, state, clock } = objection
  return (
    <Page
      title={objection.title}
      crumbs={crumbsOf(say(words.objections))}
      state={
        <>
          <StateTag look={objectionStates[state]} />
          {clock && <ClockChip clock={clock} />}
        </>
      }
      lead={`${objection.number}　${objection.raiserName} → ${objection.handlerName ?? objection.againstName}`}
      action={<ObjectionActions objection={objection} />}
      aside={<Steps steps={objection.steps} />}
    >
      <ObjectionOutcome objection={objection} />
      <Section title={say(words.facts)}>
        <Facts objection={objection} />
      </Section>
      {objection.rowCount > 0 && (
        <Section title={say(words.rows)}>
          {objection.rows.length > 0 ? <DoubtedRows rows={objection.rows} /> : <p className="faint">{say(words.rowsHidden, { count: objection.rowCount })}</p>}
        </Section>
      )}
      <History subject={`objections.objection:${id}`} beside />
    </Page>
  )
}

function Facts({ objection }: { objection: ObjectionView }) {
  const { say, language } = useLanguage()
  const { kind, topic, subject, attachment } = objection
  return (
    <KeyValue
      pairs={[
        { label: say(words.kind), value: topic === 'other' ? say(objectionKinds[kind]) : headed(say(objectionKinds[kind]), say(topics[topic]), language) },
        { label: say(words.subject), value: subject ? <SubjectLink subject={subject} name={objection.subjectName} /> : say(words.noSubject) },
        { label: say(words.description), value: objection.description, wide: true },
        { label: say(words.basis), value: objection.basis, wide: true },
        { label: say(words.against), value: objection.againstName },
        { label: say(words.handler), value: objection.handlerName },
        { label: say(words.contactOf), value: `${objection.contact}　${objection.phone}` },
        { label: say(words.attachment), value: attachment && <AttachedFile id={objection.id} file={attachment} /> },
      ]}
    />
  )
}

const PLACES: Record<Subject['kind'], (id: string) => string> = {
  entry: (id) => `/catalog/${id}`,
  request: (id) => `/exchange/requests/${id}`,
  delivery: (id) => `/exchange/deliveries/${id}`,
  quarantine: () => '/exchange/quarantine',
}

/** What the objection is about, by kind and name, leading to its page. */
export function SubjectLink({ subject: { kind, id }, name }: { subject: Subject; name: string }) {
  const { say, language } = useLanguage()
  return <Link to={PLACES[kind](id)}>{headed(say(subjectKinds[kind]), name, language)}</Link>
}

const TONES: Partial<Record<ObjectionStep['act'], Tone>> = { raised: 'busy', accepted: 'busy', answered: 'good', rated: 'good', rejected: 'bad', failed: 'bad' }

function Steps({ steps }: { steps: readonly ObjectionStep[] }) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.steps)}>
      <Timeline
        entries={steps.map(({ at, act, byName, note }) => ({
          ...{ key: `${at} ${act}`, at, title: say(objectionSteps[act]), who: byName, tone: TONES[act] ?? ('quiet' as const) },
          ...(note ? { note } : {}),
        }))}
      />
    </Section>
  )
}
