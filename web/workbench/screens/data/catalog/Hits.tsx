import { Link } from '@tanstack/react-router'
import type { Hit } from '@zhenghe/server/data/catalog/contract.ts'
import { updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { shareTypes } from '@zhenghe/ui/states.ts'
import { words as uiWords } from '@zhenghe/ui/texts.ts'
import { Button } from 'antd'
import type { KeyboardEvent } from 'react'
import { catalogWords as words } from '../../../texts/catalog.ts'
import { Marked } from './Marked.tsx'
import { HITS_A_PAGE } from './search-state.ts'

type HitsProps = { hits: readonly Hit[]; total: number; from: number; goTo: (from: number) => void }

/** The entries found; arrow keys move between them. */
export function Hits({ hits, total, from, goTo }: HitsProps) {
  const { say } = useLanguage()
  return (
    <>
      <ul className="hits" aria-label={say(words.results)} onKeyDown={moveBetween}>
        {hits.map((hit) => (
          <li key={hit.id}>
            <HitCard hit={hit} />
          </li>
        ))}
      </ul>
      {total > HITS_A_PAGE && (
        <nav className="data-table-pager" aria-label={say(words.results)}>
          <span className="faint number">
            {say(uiWords.rowsFrom, { from: formatCount(from + 1), to: formatCount(from + hits.length), total: formatCount(total) })}
          </span>
          <Button disabled={from === 0} onClick={() => goTo(Math.max(0, from - HITS_A_PAGE))}>
            {say(uiWords.previousPage)}
          </Button>
          <Button disabled={from + hits.length >= total} onClick={() => goTo(from + HITS_A_PAGE)}>
            {say(uiWords.nextPage)}
          </Button>
        </nav>
      )}
    </>
  )
}

function HitCard({ hit }: { hit: Hit }) {
  const { say } = useLanguage()
  const marked = (field: string) => hit.highlights.find((highlight) => highlight.field === field)
  const items = hit.highlights.filter(({ field }) => field === 'items')
  return (
    <article className="hit">
      <h2 className="hit-title">
        <Link to={`/catalog/${hit.id}`}>
          <Marked text={hit.name} highlight={marked('name')} />
        </Link>
        <StateTag look={shareTypes[hit.shareType]} />
      </h2>
      <p className="hit-abstract">
        <Marked text={hit.abstract} highlight={marked('abstract')} />
      </p>
      {items.length > 0 && (
        <p className="hit-item row">
          <span className="faint">{say(words.foundItems)}</span>
          {items.map((item) => (
            <span key={item.text}>
              <Marked text={item.text} highlight={item} />
            </span>
          ))}
        </p>
      )}
      <p className="hit-facts faint">
        <span>{hit.providerName}</span>
        <span>{say(updateCycles[hit.updateCycle])}</span>
        <span>{say(words.items, { count: hit.items })}</span>
        <span className={hit.bound ? 'hit-bound' : undefined}>{say(hit.bound ? words.bound : words.unbound)}</span>
        <span className="mono">{hit.code}</span>
      </p>
    </article>
  )
}

function moveBetween(event: KeyboardEvent<HTMLUListElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!by) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('.hit-title a')]
  const next = links[links.indexOf(document.activeElement as HTMLElement) + by]
  if (!next) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}
