import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { problemsOf } from '@zhenghe/server/data/catalog/compilation.rules.ts'
import type { Content, Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { movesFor } from '@zhenghe/server/data/catalog/rules.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { entryStates } from '@zhenghe/ui/states.ts'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { checkWords, entryWords, reviewWords as words } from '../../../texts/catalog.ts'
import { Differences } from './Differences.tsx'
import './Entry.css'
import { EntrySteps } from './EntryAside.tsx'
import { Basics, Terms } from './EntryFacts.tsx'
import { ItemsTable } from './ItemsTable.tsx'
import { fieldErrors } from './problems.ts'

/** A draft before its reviewer: what changes, whether the rules are met, the whole of it; then approve, publish or return. */
export function ReviewScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(catalog.query('entry', { id }))
  return (
    <Loaded query={query} title={say(words.queueTitle)}>
      {(entry) => <Review entry={entry} />}
    </Loaded>
  )
}

function Review({ entry }: { entry: Entry }) {
  const { say } = useLanguage()
  const { head, content: shown, draft, steps } = entry
  const content = draft?.content ?? shown
  return (
    <Page
      title={say(words.title, { name: content.name })}
      state={<StateTag look={entryStates[draft?.state ?? head.state]} />}
      lead={`${head.providerName}　${head.code}　${say(entryWords.version, { version: draft?.version ?? head.version })}`}
      crumbs={[{ key: 'queue', link: <Link to="/catalog/review">{say(words.queueTitle)}</Link> }]}
      aside={<EntrySteps steps={steps} />}
    >
      <Section title={say(checkWords.differences)}>
        <Differences published={head.publishedOn ? shown : undefined} now={content} />
      </Section>
      <Section title={say(words.rules)}>
        <Rules content={content} />
      </Section>
      <Section title={say(entryWords.basics)}>
        <Basics head={head} content={content} />
      </Section>
      <Section title={say(entryWords.items, { count: content.items.length })}>
        <ItemsTable items={content.items} />
      </Section>
      <Section title={say(entryWords.terms)}>
        <Terms content={content} />
      </Section>
      <Decision entry={entry} />
    </Page>
  )
}

function Rules({ content }: { content: Content }) {
  const { say, language } = useLanguage()
  const errors = fieldErrors(problemsOf(content), content, language)
  if (errors.length === 0) return <p className="rule-good">● {say(words.allGood)}</p>
  return (
    <ul className="field-error">
      {errors.map(({ field, message }) => (
        <li key={`${field} ${message}`}>■ {message}</li>
      ))}
    </ul>
  )
}

const SHORTEST_REASON = 2

function Decision({ entry: { head, draft } }: { entry: Entry }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [note, setNote] = useState('')
  const [returning, setReturning] = useState(false)
  const moves = movesFor(draft?.state ?? head.state, useMayAt(head.provider))
  const next = () => void navigate({ to: '/catalog/review' })
  const approve = useAct(catalog.call.approve, next)
  const publish = useAct(catalog.call.publish, next)
  const sendBack = useAct(catalog.call.returnDraft, next)
  if (!moves.includes('return')) return <Alert type="info" showIcon title={say(words.notWaiting)} />
  const publishes = moves.includes('publish')
  const act = publishes ? publish : approve
  return (
    <>
      <Section>
        <Field
          id="note"
          label={say(words.note)}
          hint={publishes ? say(words.publishNext, { version: draft?.version ?? head.version }) : say(words.approveNext)}
          optional
        >
          {(control) => <Input.TextArea {...control} rows={2} maxLength={500} value={note} onChange={({ target }) => setNote(target.value)} />}
        </Field>
      </Section>
      {act.error && <Problem error={act.error} />}
      <div className="form-end">
        <Button type="primary" loading={act.busy} onClick={() => act.run({ id: head.id, note })}>
          {say(publishes ? words.publish : words.approve)}
        </Button>
        <Button onClick={() => setReturning(true)}>{say(words.return)}</Button>
      </div>
      {returning && (
        <ReasonDialog
          title={say(words.return)}
          consequence={say(words.returnWhat)}
          label={say(words.returnWhy)}
          least={SHORTEST_REASON}
          action={say(words.return)}
          busy={sendBack.busy}
          error={sendBack.error}
          onDo={(reason) => sendBack.run({ id: head.id, reason })}
          onClose={() => setReturning(false)}
        />
      )}
    </>
  )
}
