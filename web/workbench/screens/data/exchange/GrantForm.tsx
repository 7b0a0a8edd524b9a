import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { GrantTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { checkTerms, cursorGranted, defaultTerms, fieldsGranted, type Standards } from '@zhenghe/server/data/exchange/grant.rules.ts'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import type { BoundOffer } from '@zhenghe/server/data/exchange/request.rules.ts'
import { dayOf } from '@zhenghe/server/kernel/time.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { headed } from '../../../parts/wording.ts'
import { answerWords as words } from '../../../texts/grants.ts'
import { wishWords } from '../../../texts/requests.ts'
import { FilterBuilder } from './FilterBuilder.tsx'
import { conditionProblem, NO_FILTER, toFilter } from './filter-model.ts'
import { GrantPreview } from './GrantPreview.tsx'
import { LimitsPart } from './LimitsPart.tsx'
import { SuitePart } from './SuitePart.tsx'
import { TermsTable } from './TermsTable.tsx'
import { objectionWords } from './wish.ts'

type GrantFormProps = { request: RequestView; offer: BoundOffer; standards: Standards }

/** The terms of a grant, begun with the defaults of the rules and checked by them as one decides; then the exact text, then the signature. */
export function GrantForm({ request, offer, standards }: GrantFormProps) {
  const { say, language } = useLanguage()
  const { wish } = request
  const [terms, setTerms] = useState<GrantTerms>(() => withoutFilter(defaultTerms(wish, offer, standards)))
  const [model, setModel] = useState(NO_FILTER)
  const [text, setText] = useState<string>()
  const { data: keys } = useQuery(identity.query('signingKey', {}))
  const key = terms.suite === 'gm' ? keys?.gm : keys?.key
  const fields = fieldsGranted(terms.fields, offer)
  const filterFields = fields.map(({ name, title, type }) => ({
    ...{ name, title, type },
    codeTable: offer.content.items.find(({ column }) => column === name)?.codeTable ?? null,
  }))
  const broken = model.groups.flatMap(({ rows }) => rows).some((row) => conditionProblem(row, filterFields))
  const narrowing = broken ? undefined : toFilter(model, filterFields)
  const decided: GrantTerms = narrowing ? { ...terms, filter: narrowing } : terms
  const prepare = useAct(exchange.call.prepareGrant, (out) => setText(out.text))
  const objection = checkTerms(decided, wish, offer, fields, dayOf(new Date()))
  const cursor = cursorGranted(fields, terms.cursor)
  const cursorTitle = fields.find(({ name }) => name === cursor)?.title
  if (text && key) return <GrantPreview request={request} text={text} signingKey={key} back={() => setText(undefined)} />
  return (
    <>
      <Section title={say(words.fieldsPart)}>
        <div className="stack">
          <p className="faint">{say(words.fieldsHint)}</p>
          <TermsTable terms={terms.fields} offer={offer} asked={wish.fields} standards={standards} change={(next) => setTerms({ ...terms, fields: next })} />
          <p className="faint">{cursorTitle ? say(words.cursor, { name: cursorTitle }) : say(words.noCursor)}</p>
        </div>
      </Section>
      <Section title={say(words.rowsPart)}>
        <div className="stack">
          <p>{headed(say(words.asked), say(request.filterWords ?? wishWords.allRows), language)}</p>
          <p className="faint">{say(words.narrow)}</p>
          <FilterBuilder fields={filterFields} model={model} change={setModel} none={words.notNarrowed} strict />
        </div>
      </Section>
      <LimitsPart terms={terms} latest={wish.termUntil} change={(part) => setTerms({ ...terms, ...part })} />
      <SuitePart suite={terms.suite} parties={[offer.binding.node, wish.node]} change={(suite) => setTerms({ ...terms, suite })} />
      {objection && <Alert type="warning" showIcon title={objectionWords(objection, language, offer)} />}
      {keys && !key && (
        <Alert
          type="warning"
          showIcon
          title={say(terms.suite === 'gm' ? words.noGmKey : words.noKey)}
          action={<Link to="/account">{say(words.makeKey)}</Link>}
        />
      )}
      {prepare.error && <Problem error={prepare.error} />}
      <div className="form-end">
        <Button
          type="primary"
          loading={prepare.busy}
          disabled={objection !== undefined || broken || !key}
          onClick={() => prepare.run({ id: request.id, terms: decided })}
        >
          {say(words.toPreview)}
        </Button>
      </div>
    </>
  )
}

/** What was asked for holds anyway; the form adds only what narrows it. */
function withoutFilter({ filter: _, ...terms }: GrantTerms): GrantTerms {
  return terms
}
