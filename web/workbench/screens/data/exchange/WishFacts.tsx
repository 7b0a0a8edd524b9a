import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import type { Wish } from '@zhenghe/server/data/exchange/request.contract.ts'
import { deliveryModes, purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { bracketed } from '../../../parts/wording.ts'
import { itemWords } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'
import './Request.css'
import { saySchedule } from './schedule-words.ts'

type Asked = Pick<Item, 'column' | 'name' | 'key' | 'sensitive'>

/** The items and rows that are asked for. `rows` is the filter in words. */
export function AskedFacts({ items, rows }: { items: readonly Asked[]; rows: string | undefined }) {
  const { say, language } = useLanguage()
  return (
    <KeyValue
      columns={1}
      pairs={[
        { label: bracketed(say(words.fields), items.length, language), value: <AskedItems items={items} /> },
        { label: say(words.rows), value: rows ?? say(words.allRows) },
      ]}
    />
  )
}

function AskedItems({ items }: { items: readonly Asked[] }) {
  const { say, language } = useLanguage()
  return (
    <span className="request-fields">
      {items.map(({ column, name, key, sensitive }) => (
        <span key={column}>
          {bracketed(name, key ? say(itemWords.key) : null, language)}
          {sensitive && <span className="field-choice-note sensitive" style={{ display: 'inline' }}>{` ▲ ${say(itemWords.sensitive)}`}</span>}
        </span>
      ))}
    </span>
  )
}

export function UseFacts({ wish }: { wish: Pick<Wish, 'basis' | 'purpose' | 'purposeKind' | 'scenario' | 'termUntil'> }) {
  const { say } = useLanguage()
  return (
    <KeyValue
      pairs={[
        { label: say(words.basis), value: wish.basis, wide: true },
        { label: say(words.purpose), value: wish.purpose, wide: true },
        { label: say(words.purposeKind), value: say(purposeKinds[wish.purposeKind]) },
        { label: say(words.scenario), value: wish.scenario },
        { label: say(words.termUntil), value: <Day value={wish.termUntil} /> },
      ]}
    />
  )
}

export function ReceivingFacts({ wish, node }: { wish: Pick<Wish, 'mode' | 'schedule' | 'contact' | 'phone'>; node: string | undefined }) {
  const { say, language } = useLanguage()
  return (
    <KeyValue
      pairs={[
        { label: say(words.mode), value: say(deliveryModes[wish.mode]) },
        { label: say(words.schedule), value: saySchedule(wish.schedule, language) },
        { label: say(words.node), value: node },
        { label: say(words.contact), value: `${wish.contact}　${wish.phone}` },
      ]}
    />
  )
}
