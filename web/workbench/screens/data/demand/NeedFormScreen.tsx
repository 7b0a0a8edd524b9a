import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { UpdateCycle } from '@zhenghe/server/data/catalog/contract.ts'
import { updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import type { DraftWish } from '@zhenghe/server/data/demand/draft.contract.ts'
import { type Need, type NeedWish, Urgency, WishedWay } from '@zhenghe/server/data/demand/need.contract.ts'
import { urgencies, wishedWays } from '@zhenghe/server/data/demand/texts.ts'
import { PurposeKind } from '@zhenghe/server/data/exchange/request.contract.ts'
import { purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { demand } from '../../../api/demand.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { type Answers, errorsOf, type Question } from '../../../parts/form-model.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { Questions } from '../../../parts/Questions.tsx'
import { tidy } from '../../../parts/QuestionsDialog.tsx'
import { useMe } from '../../../session.ts'
import { demandWords as words } from '../../../texts/demand.ts'

const optionsOf = <T extends string>(values: readonly T[], labels: Record<T, Text>) => values.map((value) => ({ value, label: labels[value] }))
const WHAT: readonly Question[] = [
  { name: 'title', label: words.title, kind: 'text', wide: true, least: 2, most: 100 },
  { name: 'data', label: words.data, kind: 'area', wide: true, least: 4, most: 2000 },
  { name: 'fields', label: words.fields, hint: words.fieldsHint, kind: 'lines', wide: true, optional: true, rows: 4 },
]
const WHY: readonly Question[] = [
  { name: 'basis', label: words.basis, kind: 'area', wide: true, least: 4, most: 1000, rows: 2 },
  { name: 'purpose', label: words.purpose, kind: 'area', wide: true, least: 4, most: 1000, rows: 2 },
  { name: 'purposeKind', label: words.purposeKind, kind: 'select', options: optionsOf(PurposeKind.options, purposeKinds) },
  { name: 'matter', label: words.matter, kind: 'text', most: 200, optional: true },
]
const HOW: readonly Question[] = [
  { name: 'cycle', label: words.cycle, kind: 'select', options: optionsOf(UpdateCycle.options, updateCycles) },
  { name: 'way', label: words.way, kind: 'select', options: optionsOf(WishedWay.options, wishedWays) },
  { name: 'urgency', label: words.urgency, kind: 'select', options: optionsOf(Urgency.options, urgencies) },
  { name: 'provider', label: words.provider, hint: words.providerHint, kind: 'unit', optional: true },
  { name: 'contact', label: words.contact, kind: 'text', least: 2, most: 60 },
  { name: 'phone', label: words.phone, kind: 'text', most: 30, optional: true },
]
const PARTS = [
  [words.what, WHAT],
  [words.why, WHY],
  [words.how, HOW],
] as const
const ALL: readonly Question[] = PARTS.flatMap(([, questions]) => questions)
const ID = 'need'
const SHOWN = 6

export function NewNeedScreen() {
  const { say, language } = useLanguage()
  const me = useMe()
  const query = useQuery({ ...demand.query('draft', {}), refetchOnWindowFocus: false })
  const drop = useAct(demand.call.dropDraft)
  const fresh = { contact: me.person.name, urgency: 'normal', way: 'any', purposeKind: 'service', cycle: 'daily' }
  return (
    <Loaded query={query} title={say(words.ask)}>
      {({ draft }) => (
        <NeedForm
          key={draft ? 'draft' : 'fresh'}
          initial={{ ...fresh, ...draft?.wish }}
          title={words.ask}
          act={demand.call.ask}
          keeps
          note={
            draft && (
              <Alert
                type="info"
                showIcon
                title={say(words.draftFound, { at: formatMoment(draft.keptAt, language) })}
                action={
                  <Button size="small" loading={drop.busy} onClick={() => drop.run({})}>
                    {say(words.dropDraft)}
                  </Button>
                }
              />
            )
          }
        />
      )}
    </Loaded>
  )
}

export function AskAgainScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...demand.query('need', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(words.again)}>
      {(need) => <NeedForm initial={need.wish} title={words.again} act={(wish) => demand.call.askAgain({ id, wish })} />}
    </Loaded>
  )
}

type NeedFormProps = {
  initial: Answers
  title: Text
  act: (wish: NeedWish) => Promise<Need>
  /** Whether what is written can be kept as a draft. */
  keeps?: boolean
  note?: ReactNode
}

function NeedForm({ initial, title, act, keeps = false, note }: NeedFormProps) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [answers, setAnswers] = useState(initial)
  const [strict, setStrict] = useState(false)
  const { run, busy, error } = useAct(act, ({ id }) => void navigate({ to: `/demand/${id}` }))
  const errors = errorsOf(ALL, answers, language, ID)
  const submit = () => {
    setStrict(true)
    if (errors.length === 0) run({ ...tidy(ALL, answers), provider: answers['provider'] || null } as unknown as NeedWish)
    else window.scrollTo({ top: 0 })
  }
  const text = String(answers['title'] ?? '').trim()
  return (
    <Page
      title={say(title)}
      crumbs={[{ key: 'demand', link: <Link to="/demand">{say(words.demand)}</Link> }]}
      aside={text.length >= 2 && <MaybeThere text={text} />}
    >
      {note}
      <ErrorSummary errors={strict ? errors : []} />
      {PARTS.map(([heading, questions]) => (
        <Section key={heading.en} title={say(heading)}>
          <Questions id={ID} questions={questions} answers={answers} change={setAnswers} strict={strict} />
        </Section>
      ))}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.submit)}
        </Button>
        {keeps && <KeepDraft answers={answers} />}
      </div>
    </Page>
  )
}

function KeepDraft({ answers }: { answers: Answers }) {
  const { say } = useLanguage()
  const { run, busy, error } = useAct(demand.call.keepDraft)
  const keep = () => run({ ...(answers as DraftWish), provider: (answers['provider'] as string | null | undefined) || null })
  return (
    <>
      <Button loading={busy} onClick={keep}>
        {say(words.keepDraft)}
      </Button>
      {error && <Problem error={error} />}
    </>
  )
}

/** What the catalogue has like it already: asking for that is quicker than stating a need. */
export function MaybeThere({ text }: { text: string }) {
  const { say } = useLanguage()
  const { data } = useQuery(catalog.query('search', { text, limit: SHOWN }))
  if (!data || data.hits.length === 0) return null
  return (
    <Section title={say(words.maybe)}>
      <ul className="stack">
        {data.hits.map(({ id, name, providerName }) => (
          <li key={id}>
            <Link to={`/catalog/${id}`}>{name}</Link>
            <p className="faint">{providerName}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
