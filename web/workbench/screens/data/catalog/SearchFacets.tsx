import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { facetWords, catalogWords as words } from '../../../texts/catalog.ts'
import { labelOf } from './facet-labels.ts'
import { FACETS, type FacetName, type SearchState, toggled } from './search-state.ts'

export type Facets = Readonly<Record<string, readonly { value: string; label: string; count: number }[]>>
export type FacetProps = { state: SearchState; facets: Facets | undefined; change: (change: Partial<SearchState>) => void }

/** What one can narrow a search by, each value with the number of entries it would leave. */
export function SearchFacets({ state, facets, change }: FacetProps) {
  const { say } = useLanguage()
  return FACETS.map((name) => {
    const values = facets?.[name] ?? []
    if (values.length === 0) return null
    return (
      <fieldset key={name} className="facet">
        <legend>{say(facetWords[name])}</legend>
        <FacetValues name={name} values={values} chosen={state[name]} toggle={(value) => change(toggled(state, name, value))} />
      </fieldset>
    )
  })
}

const SHOWN_FIRST = 7

type FacetValuesProps = { name: FacetName; values: Facets[string]; chosen: readonly string[]; toggle: (value: string) => void }

function FacetValues({ name, values, chosen, toggle }: FacetValuesProps) {
  const { say } = useLanguage()
  const [all, setAll] = useState(false)
  const shown = all ? values : values.filter(({ value }, index) => index < SHOWN_FIRST || chosen.includes(value))
  const rest = values.length - shown.length
  return (
    <>
      {shown.map(({ value, label, count }) => {
        const text = labelOf(name, value)
        return (
          <Checkbox key={value} checked={chosen.includes(value)} onChange={() => toggle(value)} className="facet-value">
            <span className="facet-label">{text ? say(text) : label}</span>
            <span className="number faint">{formatCount(count)}</span>
          </Checkbox>
        )
      })}
      {(rest > 0 || all) && values.length > SHOWN_FIRST && (
        <Button type="link" size="small" className="facet-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? say(words.fewerValues) : say(words.moreValues, { count: rest })}
        </Button>
      )}
    </>
  )
}
