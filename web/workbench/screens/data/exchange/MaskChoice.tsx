import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import type { FieldTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { maskKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { CanonicalType, Mask } from '@zhenghe/wire/documents.ts'
import { Input, InputNumber, Select } from 'antd'
import { maskWords, answerWords as words } from '../../../texts/grants.ts'

export type ChoiceProps = { item: Pick<Item, 'name' | 'nullable' | 'sensitive'>; type: CanonicalType; term: FieldTerms; set: (term: FieldTerms) => void }

const LONGEST = 64
const FRESH: Readonly<Record<Mask['kind'], Mask>> = {
  name: { kind: 'name' },
  middle: { kind: 'middle', head: 3, tail: 4 },
  fixed: { kind: 'fixed', text: '***' },
  year: { kind: 'year' },
  null: { kind: 'null' },
}

/** The masks that go with a type: the wire knows no others. */
function kindsFor(type: CanonicalType, nullable: boolean): Mask['kind'][] {
  const own: Mask['kind'][] = type === 'text' ? ['name', 'middle', 'fixed'] : type === 'date' ? ['year'] : []
  return nullable ? [...own, 'null'] : own
}

/** How an item is made unreadable, or that it is given as it is. */
export function MaskChoice({ item, type, term, set }: ChoiceProps) {
  const { say } = useLanguage()
  const { mask, ...rest } = term
  const put = (next: Mask | undefined) => set(next ? { ...rest, mask: next } : rest)
  const options: { value: Mask['kind'] | 'none'; label: string }[] = [
    { value: 'none', label: say(maskWords.none) },
    ...kindsFor(type, item.nullable).map((kind) => ({ value: kind, label: say(maskKinds[kind]) })),
  ]
  return (
    <div className="terms-choice">
      <Select<Mask['kind'] | 'none'>
        aria-label={say(words.maskOf, { name: item.name })}
        status={item.sensitive && !mask ? 'warning' : ''}
        value={mask?.kind ?? 'none'}
        options={options}
        onChange={(kind) => put(kind === 'none' ? undefined : FRESH[kind])}
        popupMatchSelectWidth={false}
      />
      {mask?.kind === 'middle' && (
        <span className="terms-numbers">
          <InputNumber
            aria-label={say(words.head)}
            title={say(words.head)}
            min={0}
            max={LONGEST}
            precision={0}
            value={mask.head}
            onChange={(head) => put({ ...mask, head: head ?? 0 })}
          />
          <span aria-hidden="true">***</span>
          <InputNumber
            aria-label={say(words.tail)}
            title={say(words.tail)}
            min={0}
            max={LONGEST}
            precision={0}
            value={mask.tail}
            onChange={(tail) => put({ ...mask, tail: tail ?? 0 })}
          />
        </span>
      )}
      {mask?.kind === 'fixed' && (
        <Input
          aria-label={say(words.fixedText)}
          maxLength={LONGEST}
          value={mask.text}
          onChange={({ target }) => put({ ...mask, text: target.value })}
          style={{ width: 110 }}
        />
      )}
    </div>
  )
}
