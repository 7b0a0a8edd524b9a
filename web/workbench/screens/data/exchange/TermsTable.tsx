import type { FieldTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import type { Standards } from '@zhenghe/server/data/exchange/grant.rules.ts'
import type { BoundOffer } from '@zhenghe/server/data/exchange/request.rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Checkbox } from 'antd'
import { itemWords } from '../../../texts/catalog.ts'
import { answerWords as words } from '../../../texts/grants.ts'
import { MaskChoice } from './MaskChoice.tsx'
import { RuleChoice } from './RuleChoice.tsx'
import './Terms.css'

type TermsTableProps = {
  terms: readonly FieldTerms[]
  offer: BoundOffer
  asked: readonly string[]
  standards: Standards
  change: (terms: FieldTerms[]) => void
}

/** Every asked item with what is decided about it: given or not, masked how, checked for what. */
export function TermsTable({ terms, offer: { content, binding }, asked, standards, change }: TermsTableProps) {
  const { say } = useLanguage()
  const items = content.items.filter(({ column }) => asked.includes(column))
  const set = (next: FieldTerms) => change(terms.map((one) => (one.name === next.name ? next : one)))
  const give = (name: string, on: boolean) =>
    change(
      on
        ? items.flatMap(({ column }) => terms.find((one) => one.name === column) ?? (column === name ? { name, rules: [] } : []))
        : terms.filter((one) => one.name !== name),
    )
  return (
    <ul className="terms">
      {items.map((item) => {
        const { column, name, sensitive } = item
        const term = terms.find((one) => one.name === column)
        const key = binding.keys.includes(column)
        const type = binding.types[column] ?? 'text'
        return (
          <li key={column} className={term ? undefined : 'not-given'}>
            <div className="terms-item">
              <Checkbox
                checked={term !== undefined}
                disabled={key}
                aria-label={say(words.giveItem, { name })}
                title={key ? say(words.keyGiven) : ''}
                onChange={({ target }) => give(column, target.checked)}
              />
              <span>
                {name} <span className="mono faint">{type}</span>
                {key && <span className="item-mark"> {say(itemWords.key)}</span>}
                {sensitive && <span className="item-mark sensitive"> ▲ {say(itemWords.sensitive)}</span>}
              </span>
            </div>
            {term && (
              <>
                {key ? <span className="faint">{say(words.keyNoMask)}</span> : <MaskChoice item={item} type={type} term={term} set={set} />}
                <RuleChoice item={item} type={type} term={term} set={set} codes={item.codeTable ? standards.codes?.get(item.codeTable) : undefined} />
              </>
            )}
          </li>
        )
      })}
    </ul>
  )
}
