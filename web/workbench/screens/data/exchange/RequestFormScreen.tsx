import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { contract } from '@zhenghe/server/data/catalog/contract.ts'
import { shareTypes } from '@zhenghe/server/data/catalog/texts.ts'
import { checkOffer, sharedAsService } from '@zhenghe/server/data/exchange/request.rules.ts'
import { dayOf } from '@zhenghe/server/kernel/time.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { catalog } from '../../../api/catalog.ts'
import { organizations } from '../../../api/organizations.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { useMe } from '../../../session.ts'
import { catalogWords } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'
import { ApplicationPart } from './ApplicationPart.tsx'
import { NO_APPLICATION } from './application-form.ts'
import { ClockNote } from './ClockNote.tsx'
import { FieldChoice } from './FieldChoice.tsx'
import { FilterBuilder } from './FilterBuilder.tsx'
import { NO_FILTER } from './filter-model.ts'
import { DeliveryPart, UsePart } from './RequestParts.tsx'
import { termAfter } from './term.ts'
import { WishCheck } from './WishCheck.tsx'
import { objectionWords, type WishDraft, wishErrors } from './wish.ts'

export type Published = z.output<(typeof contract)['published']['out']>

/** Asking for data: items, rows, basis and purpose, way of receiving; then all of it again before it is handed in. */
export function RequestFormScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const me = useMe()
  const query = useQuery({ ...catalog.query('published', { id }), refetchOnWindowFocus: false })
  const contact = useQuery(organizations.query('peopleById', { ids: [me.person.id] }))
  return (
    <Loaded query={query} title={say(catalogWords.catalogue)}>
      {(published) => contact.isFetched && <RequestForm published={published} phone={contact.data?.[0]?.phone ?? ''} />}
    </Loaded>
  )
}

function RequestForm({ published, phone }: { published: Published; phone: string }) {
  const { say, language } = useLanguage()
  const me = useMe()
  const { id, content, binding } = published
  const crumbs = [
    { key: 'catalog', link: <Link to="/catalog">{say(catalogWords.catalogue)}</Link> },
    { key: 'entry', link: <Link to={`/catalog/${id}`}>{content.name}</Link> },
  ]
  const [step, setStep] = useState<'form' | 'check'>('form')
  const [tried, setTried] = useState(false)
  const today = dayOf(new Date())
  const [draft, setDraft] = useState<WishDraft>(() => ({
    ...{ entry: id, fields: [...(binding?.keys ?? [])], filter: NO_FILTER, basis: '', purposeKind: 'service', purpose: '', scenario: '' },
    ...{
      termUntil: termAfter(today, 'one'),
      mode: 'snapshot',
      schedule: { kind: 'once' },
      node: '',
      contact: me.person.name,
      phone,
      application: NO_APPLICATION,
    },
  }))
  const title = say(words.title, { name: content.name })
  const objection = checkOffer(published, me.unit.id)
  if (objection || !binding)
    return (
      <Page title={title} crumbs={crumbs}>
        <Alert type="warning" showIcon title={say(words.unlikely)} description={objection && <Objected code={objection} published={published} />} />
      </Page>
    )
  const offer = { ...published, binding }
  const chosen = content.items.filter(({ column }) => draft.fields.includes(column) && binding.types[column])
  const fields = chosen.map(({ column, name, codeTable }) => ({ name: column, title: name, type: binding.types[column]!, codeTable }))
  const errors = wishErrors(draft, fields, offer, today, language)
  const change = (part: Partial<WishDraft>) => setDraft({ ...draft, ...part })
  const toCheck = () => {
    setTried(true)
    if (errors.length === 0) setStep('check')
    window.scrollTo({ top: 0 })
  }
  if (step === 'check') return <WishCheck draft={draft} fields={fields} published={published} crumbs={crumbs} back={() => setStep('form')} />
  const error = (field: string) => (tried ? errors.find((one) => one.field === field)?.message : undefined)
  return (
    <Page title={title} crumbs={crumbs} lead={say(shareTypes[content.share.type])} aside={<ClockNote share={content.share} />}>
      <ErrorSummary errors={tried ? errors : []} />
      <Section title={say(words.fieldsPart)}>
        <FieldChoice items={content.items} keys={binding.keys} chosen={draft.fields} onChange={(next) => change({ fields: next })} error={error('fields')} />
      </Section>
      <Section title={say(words.filterPart)}>
        <div id="filter" tabIndex={-1} className="stack">
          <p className="faint">{say(words.filterHint)}</p>
          <FilterBuilder fields={fields} model={draft.filter} change={(filter) => change({ filter })} strict={tried} />
        </div>
      </Section>
      <UsePart draft={draft} change={change} error={error} today={today} />
      <DeliveryPart draft={draft} change={change} error={error} unit={me.unit.id} />
      <ApplicationPart value={draft.application} onChange={(application) => change({ application })} calls={sharedAsService(offer)} error={error} />
      <div className="form-end">
        <Button type="primary" onClick={toCheck}>
          {say(words.toCheck)}
        </Button>
      </div>
    </Page>
  )
}

function Objected({ code, published }: { code: NonNullable<ReturnType<typeof checkOffer>>; published: Published }) {
  const { language } = useLanguage()
  return objectionWords(code, language, published)
}
