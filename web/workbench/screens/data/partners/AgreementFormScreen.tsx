import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Agreement, AgreementTerms } from '@zhenghe/server/data/partners/contract.ts'
import { addDays, dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { partners } from '../../../api/partners.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { type Answers, errorsOf, type Question } from '../../../parts/form-model.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { Questions } from '../../../parts/Questions.tsx'
import { tidy } from '../../../parts/QuestionsDialog.tsx'
import { common } from '../../../texts/common.ts'
import { partnerWords as words } from '../../../texts/partners.ts'

const QUESTIONS: readonly Question[] = [
  { name: 'name', label: words.name, kind: 'text', least: 2, most: 120 },
  { name: 'uscc', label: words.uscc, kind: 'text', least: 18, most: 18 },
  { name: 'scope', label: words.scope, hint: words.scopeHint, kind: 'area', wide: true, least: 4, most: 2000 },
  { name: 'purpose', label: words.purpose, kind: 'area', wide: true, least: 4, most: 1000, rows: 2 },
  { name: 'security', label: words.security, hint: words.securityHint, kind: 'area', wide: true, least: 4, most: 2000 },
  { name: 'fromOn', label: words.fromOn, kind: 'day' },
  { name: 'untilOn', label: words.untilOn, kind: 'day' },
  { name: 'priceYuan', label: words.priceYuan, hint: words.priceHint, kind: 'money' },
  { name: 'remindDays', label: words.remindDays, kind: 'number' },
]
const ID = 'agreement'
const FRESH: Answers = { priceYuan: 0, remindDays: 30 }
const FEN = 100

/** Terms as they are asked for: the price in yuan. */
const asAsked = ({ priceFen, ...terms }: AgreementTerms): Answers => ({ ...terms, priceYuan: priceFen / FEN })

/** A fresh draft, or one that takes up the terms of an agreement that ends. */
export function NewAgreementScreen() {
  const { say } = useLanguage()
  const { renew }: { renew?: string } = useSearch({ strict: false })
  const query = useQuery({ ...partners.query('agreement', { id: renew ?? '' }), enabled: renew !== undefined })
  if (!renew) return <AgreementForm initial={FRESH} title={words.draft} act={partners.call.draft} />
  return (
    <Loaded query={query} title={say(words.renew)}>
      {({ terms }) => (
        <AgreementForm initial={{ ...asAsked(terms), fromOn: nextDay(terms.untilOn), untilOn: '' }} title={words.renew} act={partners.call.draft} />
      )}
    </Loaded>
  )
}

/** The day after, but no earlier than today. */
function nextDay(untilOn: string): string {
  const today = dayOf(systemNow())
  return untilOn < today ? today : addDays(untilOn, 1)
}

export function ReviseAgreementScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...partners.query('agreement', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(words.revise)}>
      {({ terms }) => <AgreementForm initial={asAsked(terms)} title={words.revise} act={(wish) => partners.call.revise({ id, terms: wish })} />}
    </Loaded>
  )
}

type AgreementFormProps = { initial: Answers; title: { zh: string; en: string }; act: (terms: AgreementTerms) => Promise<Agreement> }

function AgreementForm({ initial, title, act }: AgreementFormProps) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [answers, setAnswers] = useState(initial)
  const [strict, setStrict] = useState(false)
  const { run, busy, error } = useAct(act, ({ id }) => void navigate({ to: `/partners/${id}` }))
  const errors = errorsOf(QUESTIONS, answers, language, ID)
  const submit = () => {
    setStrict(true)
    const { priceYuan, ...terms } = tidy(QUESTIONS, answers)
    if (errors.length === 0) run({ ...terms, priceFen: Math.round(Number(priceYuan) * FEN) } as unknown as AgreementTerms)
    else window.scrollTo({ top: 0 })
  }
  return (
    <Page title={say(title)} crumbs={[{ key: 'partners', link: <Link to="/partners">{say(words.partners)}</Link> }]}>
      <ErrorSummary errors={strict ? errors : []} />
      <Section>
        <Questions id={ID} questions={QUESTIONS} answers={answers} change={setAnswers} strict={strict} />
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(common.save)}
        </Button>
      </div>
    </Page>
  )
}
