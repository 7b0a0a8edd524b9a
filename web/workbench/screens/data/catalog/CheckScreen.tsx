import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { problemsOf } from '@zhenghe/server/data/catalog/compilation.rules.ts'
import type { Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { entryWords, mineWords, checkWords as words } from '../../../texts/catalog.ts'
import { Differences } from './Differences.tsx'
import './Entry.css'
import { Basics, Terms } from './EntryFacts.tsx'
import { ItemsTable } from './ItemsTable.tsx'
import { fieldErrors } from './problems.ts'

/** Check-answers: all that was entered and what it changes, before it goes to review. */
export function CheckScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(catalog.query('entry', { id }))
  return (
    <Loaded query={query} title={say(mineWords.title)}>
      {(entry) => <Check entry={entry} />}
    </Loaded>
  )
}

function Check({ entry: { head, content: shown, draft } }: { entry: Entry }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [note, setNote] = useState('')
  const { run, busy, error } = useAct(catalog.call.submit, () => void navigate({ to: `/catalog/${head.id}` }))
  const content = draft?.content ?? shown
  const problems = fieldErrors(problemsOf(content), content, language)
  const change = <Link to={`/catalog/${head.id}/edit`}>{say(words.change)}</Link>
  return (
    <Page
      title={say(words.title, { name: content.name })}
      lead={say(words.lead)}
      crumbs={[{ key: 'mine', link: <Link to="/catalog/mine">{say(mineWords.title)}</Link> }]}
    >
      <ErrorSummary errors={problems} />
      <Section title={say(words.differences)}>
        <Differences published={head.publishedOn ? shown : undefined} now={content} />
      </Section>
      <Section title={say(entryWords.basics)} extra={change}>
        <Basics head={head} content={content} />
      </Section>
      <Section title={say(entryWords.items, { count: content.items.length })} extra={change}>
        <ItemsTable items={content.items} />
      </Section>
      <Section title={say(entryWords.terms)} extra={change}>
        <Terms content={content} />
      </Section>
      <Section>
        <Field id="note" label={say(words.note)} hint={say(words.next)} optional>
          {(control) => <Input.TextArea {...control} rows={2} maxLength={500} value={note} onChange={({ target }) => setNote(target.value)} />}
        </Field>
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} disabled={problems.length > 0} onClick={() => run({ id: head.id, note })}>
          {say(words.submit)}
        </Button>
        <Button onClick={() => void navigate({ to: `/catalog/${head.id}/edit` })}>{say(words.change)}</Button>
      </div>
    </Page>
  )
}
