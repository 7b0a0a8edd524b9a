import { RightOutlined } from '@ant-design/icons'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import './FactTile.css'
import type { Language } from '@zhenghe/server/kernel/texts.ts'
import { formatCount, formatShare, formatShort } from './format.ts'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** A figure with what it is made of. A share is numerator over denominator; without a denominator yet, there is nothing to say. */
export type FactOnScreen = {
  title: Text
  unit: 'share' | 'count' | 'rows'
  numerator: number
  denominator: number | null
  target: number | null
}

export function factValue({ unit, numerator, denominator }: FactOnScreen): number | null {
  if (unit !== 'share') return numerator
  return denominator ? numerator / denominator : null
}

export function formatFact(fact: FactOnScreen, language: Language): string {
  const value = factValue(fact)
  if (value === null) return '—'
  return fact.unit === 'share' ? formatShare(value) : formatShort(value, language)
}

/** A figure, its target, and the way to its numerator, denominator and evidence. */
export function FactTile({ fact, onOpen }: { fact: FactOnScreen; onOpen: () => void }) {
  const { language, say } = useLanguage()
  const value = factValue(fact)
  const met = fact.target !== null && value !== null ? value >= fact.target : undefined
  return (
    <button type="button" className="fact-tile" onClick={onOpen}>
      <span className="fact-title">{say(fact.title)}</span>
      <span className="fact-figure number">{formatFact(fact, language)}</span>
      <span className="fact-foot">
        {fact.unit === 'share' && (
          <span className="number">
            {formatCount(fact.numerator)} / {formatCount(fact.denominator ?? 0)}
          </span>
        )}
        {fact.target !== null && (
          <span className={met ? 'met' : met === false ? 'missed' : undefined}>
            {say(words.target, { target: fact.unit === 'share' ? formatShare(fact.target) : formatShort(fact.target, language) })}
            {met !== undefined && `　${say(met ? words.targetMet : words.targetMissed)}`}
          </span>
        )}
      </span>
      <RightOutlined className="fact-arrow" aria-hidden="true" />
    </button>
  )
}
