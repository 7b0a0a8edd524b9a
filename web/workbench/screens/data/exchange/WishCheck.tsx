import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { type Crumb, Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { describeFilter } from '@zhenghe/wire/filter-words.ts'
import { Button } from 'antd'
import { exchange } from '../../../api/exchange.ts'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { requestWords, wishWords as words } from '../../../texts/requests.ts'
import { ApplicationFacts } from './ApplicationPart.tsx'
import { isEmpty } from './application-form.ts'
import { ClockNote } from './ClockNote.tsx'
import { type FilterField, toFilter } from './filter-model.ts'
import type { Published } from './RequestFormScreen.tsx'
import { AskedFacts, ReceivingFacts, UseFacts } from './WishFacts.tsx'
import { type WishDraft, wishOf } from './wish.ts'

type WishCheckProps = { draft: WishDraft; fields: readonly FilterField[]; published: Published; crumbs: readonly Crumb[]; back: () => void }

/** Check-answers: the request as the provider will read it. */
export function WishCheck({ draft, fields, published, crumbs, back }: WishCheckProps) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const { data: node } = useQuery(nodes.query('node', { id: draft.node }))
  const { run, busy, error } = useAct(exchange.call.request, ({ id }) => void navigate({ to: `/exchange/requests/${id}` }))
  const filter = toFilter(draft.filter, fields)
  const items = published.content.items.filter(({ column }) => draft.fields.includes(column))
  const change = (
    <Button type="link" onClick={back}>
      {say(words.change)}
    </Button>
  )
  return (
    <Page title={say(words.checkTitle)} lead={say(words.checkLead)} crumbs={crumbs} aside={<ClockNote share={published.content.share} />}>
      <Section title={say(requestWords.what)} extra={change}>
        <AskedFacts items={items} rows={filter && describeFilter(filter, fields, language === 'zh' ? 'zh-CN' : 'en')} />
      </Section>
      <Section title={say(requestWords.use)} extra={change}>
        <UseFacts wish={draft} />
      </Section>
      <Section title={say(requestWords.receiving)} extra={change}>
        <ReceivingFacts wish={draft} node={node?.name} />
      </Section>
      {!isEmpty(draft.application) && (
        <Section title={say(words.formPart)} extra={change}>
          <ApplicationFacts application={draft.application} />
        </Section>
      )}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={() => run(wishOf(draft, fields))}>
          {say(words.submit)}
        </Button>
        <Button onClick={back}>{say(words.change)}</Button>
      </div>
    </Page>
  )
}
