import { suites } from '@zhenghe/server/data/exchange/texts.ts'
import { dayOf } from '@zhenghe/server/kernel/time.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { formatDay, formatShare } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { type Grant, type GrantField, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { describeFilter } from '@zhenghe/wire/filter-words.ts'
import { bracketed } from '../../../parts/wording.ts'
import { itemWords } from '../../../texts/catalog.ts'
import { answerWords as words } from '../../../texts/grants.ts'
import { wishWords } from '../../../texts/requests.ts'
import { sayMask, sayRule } from './terms-words.ts'

/** A grant as it binds: who to whom, which items how, which rows, for what, how long. */
export function GrantWords({ grant }: { grant: Grant }) {
  const { say, language } = useLanguage()
  const { provider, consumer, resource, source, fields, filter, purpose, basis, limits } = grant
  const party = ({ name, node }: Grant['provider']) => `${name}，${say(words.atNode, { node: node.name })}`
  const day = (moment: string) => formatDay(dayOf(moment), language)
  const lastDay = day(new Date(Date.parse(grant.notAfter) - 1).toISOString())
  return (
    <>
      <KeyValue
        pairs={[
          { label: say(words.provider), value: party(provider) },
          { label: say(words.consumer), value: party(consumer) },
          { label: say(words.resource), value: `${resource.name}　${resource.code}` },
          { label: say(words.source), value: <span className="mono">{`${source.id} · ${source.schema}.${source.table}`}</span> },
          {
            label: say(words.rowsGiven),
            value: filter ? describeFilter(filter, fields, language === 'zh' ? 'zh-CN' : 'en') : say(wishWords.allRows),
            wide: true,
          },
          { label: say(wishWords.purpose), value: purpose, wide: true },
          { label: say(wishWords.basis), value: basis, wide: true },
          { label: say(words.term), value: say(words.termOf, { from: day(grant.notBefore), to: lastDay }) },
          { label: say(words.suite), value: say(suites[suiteOfGrant(grant)]) },
          { label: say(words.limits), value: say(words.limitsOf, { share: formatShare(limits.rejectShare), connections: limits.connections }) },
        ]}
      />
      <div>
        <p className="faint">{say(words.given, { count: fields.length })}</p>
        <GrantFields fields={fields} />
      </div>
    </>
  )
}

type ShownField = Pick<GrantField, 'name' | 'title' | 'key' | 'rules'> & { mask?: GrantField['mask']; type: string }

/** The granted items, each with its mask and its checks in words. */
export function GrantFields({ fields }: { fields: readonly ShownField[] }) {
  const { say, language } = useLanguage()
  const columns: Column<ShownField>[] = [
    { key: 'item', title: words.item, lead: true, render: ({ title, key }) => bracketed(title, key ? say(itemWords.key) : null, language) },
    { key: 'name', title: itemWords.column, render: ({ name }) => <span className="mono">{name}</span> },
    { key: 'type', title: itemWords.type, render: ({ type }) => <span className="mono">{type}</span> },
    { key: 'mask', title: words.mask, render: ({ mask }) => sayMask(mask, language) },
    {
      key: 'rules',
      title: words.rules,
      render: ({ rules }) => rules.map((rule) => sayRule(rule, language)).join(language === 'zh' ? '、' : ', ') || <span className="faint">—</span>,
    },
  ]
  return <DataTable id="grant-fields" label={say(words.item)} columns={columns} rows={fields} keyOf={({ name }) => name} empty={null} />
}
