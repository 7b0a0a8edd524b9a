import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ConclusionWish, Feasibility, type Need } from '@zhenghe/server/data/demand/need.contract.ts'
import { feasibilities } from '@zhenghe/server/data/demand/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { demand } from '../../../api/demand.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { type Answers, errorsOf, type Question } from '../../../parts/form-model.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { Questions } from '../../../parts/Questions.tsx'
import { tidy } from '../../../parts/QuestionsDialog.tsx'
import { demandWords as words } from '../../../texts/demand.ts'
import { MaybeThere } from './NeedFormScreen.tsx'

const HEAD: readonly Question[] = [
  { name: 'feasibility', label: words.feasibility, kind: 'select', options: Feasibility.options.map((value) => ({ value, label: feasibilities[value] })) },
  { name: 'words', label: words.words, kind: 'area', wide: true, least: 4, most: 2000 },
  {
    ...{ name: 'basis', label: words.conclusionBasis, kind: 'area', wide: true, least: 4, most: 500, rows: 2 },
    when: ({ feasibility }) => feasibility === 'partly' || feasibility === 'infeasible',
  },
]
const itemQuestions = (provider: unknown): readonly Question[] => [
  { name: 'provider', label: words.itemProvider, kind: 'unit' },
  { name: 'item', label: words.item, kind: 'text', least: 2, most: 200 },
  { name: 'entry', label: words.entry, hint: words.entryHint, kind: 'entry', optional: true, wide: true, provider: (provider as string) || undefined },
]
type Row = { key: number; answers: Answers }

/** The analysis of a need: whether it can be met, and which providers have what. */
export function ConclusionScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...demand.query('need', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(words.conclude)}>
      {(need) => <ConclusionForm need={need} />}
    </Loaded>
  )
}

function ConclusionForm({ need }: { need: Need }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [head, setHead] = useState<Answers>({ feasibility: 'feasible' })
  const [rows, setRows] = useState<readonly Row[]>([{ key: 0, answers: { provider: need.wish.provider, item: need.title } }])
  const [strict, setStrict] = useState(false)
  const { run, busy, error } = useAct(demand.call.conclude, () => void navigate({ to: `/demand/${need.id}` }))
  const named = head['feasibility'] === 'infeasible' ? [] : rows
  const errors = [
    ...errorsOf(HEAD, head, language, 'conclusion'),
    ...named.flatMap(({ key, answers }) => errorsOf(itemQuestions(answers['provider']), answers, language, `item-${key}`)),
    ...(head['feasibility'] !== 'infeasible' && rows.length === 0 ? [{ field: 'items', message: say(words.itemsNeeded) }] : []),
  ]
  const submit = () => {
    setStrict(true)
    const items = named.map(({ answers }) => ({ ...tidy(itemQuestions(answers['provider']), answers), entry: answers['entry'] || null }))
    if (errors.length === 0) run({ id: need.id, conclusion: { ...tidy(HEAD, head), items } as unknown as ConclusionWish })
    else window.scrollTo({ top: 0 })
  }
  return (
    <Page
      title={say(words.conclude)}
      lead={`${need.title}　${need.askerName}`}
      crumbs={[
        { key: 'demand', link: <Link to="/demand">{say(words.demand)}</Link> },
        { key: 'need', link: <Link to={`/demand/${need.id}`}>{need.title}</Link> },
      ]}
      aside={<MaybeThere text={need.title} />}
    >
      <ErrorSummary errors={strict ? errors : []} />
      <Section title={say(words.conclusion)}>
        <Questions id="conclusion" questions={HEAD} answers={head} change={setHead} strict={strict} />
      </Section>
      {head['feasibility'] !== 'infeasible' && (
        <Section title={say(words.items)} extra={<Button onClick={() => setRows([...rows, { key: nextKey(rows), answers: {} }])}>{say(words.addItem)}</Button>}>
          <div id="items" tabIndex={-1} className="stack">
            {rows.map(({ key, answers }) => (
              <div key={key} className="stack">
                <Questions
                  id={`item-${key}`}
                  questions={itemQuestions(answers['provider'])}
                  answers={answers}
                  change={(next) => setRows(rows.map((row) => (row.key === key ? { key, answers: next } : row)))}
                  strict={strict}
                />
                {rows.length > 1 && (
                  <div>
                    <Button size="small" onClick={() => setRows(rows.filter((row) => row.key !== key))}>
                      {say(words.removeItem)}
                    </Button>
                  </div>
                )}
              </div>
            ))}
          </div>
        </Section>
      )}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.submitConclusion)}
        </Button>
      </div>
    </Page>
  )
}

const nextKey = (rows: readonly Row[]): number => Math.max(0, ...rows.map(({ key }) => key)) + 1
