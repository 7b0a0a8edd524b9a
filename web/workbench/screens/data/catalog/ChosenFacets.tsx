import { CloseOutlined } from '@ant-design/icons'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { catalogWords as words } from '../../../texts/catalog.ts'
import { labelOf } from './facet-labels.ts'
import type { FacetProps } from './SearchFacets.tsx'
import { CLEARED, FACETS, toggled } from './search-state.ts'

/** The filters in force; a click takes one away. */
export function ChosenFacets({ state, facets, change }: FacetProps) {
  const { say } = useLanguage()
  const chosen = FACETS.flatMap((name) => state[name].map((value) => ({ name, value })))
  if (chosen.length === 0) return null
  return (
    <div className="chosen-facets">
      {chosen.map(({ name, value }) => {
        const text = labelOf(name, value)
        const label = text ? say(text) : (facets?.[name]?.find((one) => one.value === value)?.label ?? value)
        return (
          <button key={`${name} ${value}`} type="button" onClick={() => change(toggled(state, name, value))} aria-label={say(words.remove, { label })}>
            {label}
            <CloseOutlined aria-hidden="true" />
          </button>
        )
      })}
      <Button type="link" size="small" onClick={() => change(CLEARED)}>
        {say(words.clear)}
      </Button>
    </div>
  )
}
