import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { problemsOf } from '@zhenghe/server/data/catalog/compilation.rules.ts'
import { Content, type Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { entryStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { standards } from '../../../api/standards.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { entryWords, mineWords, compileWords as words } from '../../../texts/catalog.ts'
import './Compile.css'
import { BasicsForm, MoreForm, OpenForm, ShareForm } from './CompileSections.tsx'
import { ItemsEditor } from './ItemsEditor.tsx'
import { fieldErrors } from './problems.ts'
import { RuleCheck } from './RuleCheck.tsx'
import { type SaveState, useDraft } from './useDraft.ts'

/** Compiling an entry: one long form in sections, saved as one writes, checked as one writes by the rules the server decides by. */
export function CompileScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...catalog.query('entry', { id }), staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(mineWords.title)}>
      {(entry) => <CompileForm key={entry.head.id} entry={entry} />}
    </Loaded>
  )
}

function CompileForm({ entry }: { entry: Entry }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const { head, versions, draft } = entry
  const { content, change, save, error, flush } = useDraft(entry)
  const { data: tables } = useQuery(standards.query('codeTables', {}))
  const [asked, setAsked] = useState(false)
  const published = versions.some(({ publishedAt }) => publishedAt !== null)
  const problems = problemsOf(content, {
    publishedClass: published ? head.class : null,
    ...(tables ? { codeTables: new Set(tables.map(({ name }) => name)) } : {}),
  })
  const errors = fieldErrors(problems, content, language)
  const toCheck = async () => {
    setAsked(true)
    if (errors.length === 0 && (await flush())) await navigate({ to: `/catalog/${head.id}/check` })
  }
  const form = { content, change, errors: asked ? errors : [], fixedClass: published }
  return (
    <Page
      title={say(words.title, { name: content.name })}
      crumbs={[{ key: 'mine', link: <Link to="/catalog/mine">{say(mineWords.title)}</Link> }]}
      state={<StateTag look={entryStates[draft?.state ?? head.state]} />}
      lead={`${head.code}　${say(entryWords.version, { version: draft?.version ?? head.version })}`}
      aside={<RuleCheck errors={errors} />}
    >
      {draft?.returnReason && <Alert type="warning" showIcon title={say(entryWords.returnedWith, { version: draft.version, reason: draft.returnReason })} />}
      <ErrorSummary errors={asked ? errors : []} />
      <BasicsForm {...form} />
      <ItemsEditor {...form} />
      <ShareForm {...form} />
      <OpenForm {...form} />
      <MoreForm {...form} />
      {error !== undefined && <SaveProblem error={error} id={head.id} />}
      <div className="form-end no-print">
        <Button type="primary" onClick={() => void toCheck()} loading={save === 'saving'} disabled={!draft && save === 'unchanged'}>
          {say(words.goCheck)}
        </Button>
        <Button onClick={() => void flush()} disabled={save === 'saved' || save === 'unchanged' || save === 'saving'}>
          {say(words.saveNow)}
        </Button>
        <span className="form-end-state" aria-live="polite">
          <SaveWords save={save} content={content} />
        </span>
      </div>
    </Page>
  )
}

const SAVE_WORDS = { unchanged: words.noChange, waiting: words.unsaved, saving: words.saving, saved: words.saved, failed: words.failed } as const

function SaveWords({ save, content }: { save: SaveState; content: Content }) {
  const { say } = useLanguage()
  if (save !== 'invalid') return say(SAVE_WORDS[save])
  const wrong = Content.safeParse(content).error?.issues[0]?.path.join('.') ?? ''
  return (
    <a href={`#${wrong}`} onClick={() => document.getElementById(wrong)?.focus()}>
      {say(words.invalid, { field: wrong })}
    </a>
  )
}

function SaveProblem({ error, id }: { error: unknown; id: string }) {
  const { say } = useLanguage()
  const queries = useQueryClient()
  const reload = () => void queries.resetQueries({ queryKey: catalog.query('entry', { id }).queryKey })
  const overtaken = error instanceof Refusal && error.code === 'catalog.changed_meanwhile'
  return <Problem error={error} next={overtaken && <Button onClick={reload}>{say(words.reload)}</Button>} />
}
