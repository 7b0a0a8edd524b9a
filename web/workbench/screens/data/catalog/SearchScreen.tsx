import { FilterOutlined, SearchOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { Button, Drawer, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { catalogWords as words } from '../../../texts/catalog.ts'
import { ChosenFacets } from './ChosenFacets.tsx'
import { Hits } from './Hits.tsx'
import './Search.css'
import { SearchFacets } from './SearchFacets.tsx'
import { CLEARED, chosenCount, questionOf, SearchAddress } from './search-state.ts'

/** Finding data: one box, facets with their counts, results as one types. The address holds the whole question. */
export function SearchScreen() {
  const { say } = useLanguage()
  const narrow = useNarrow()
  const [state, setState] = useSearchState(SearchAddress)
  const [drawer, setDrawer] = useState(false)
  const { data, error, isPlaceholderData, refetch } = useQuery({ ...catalog.query('search', questionOf(state)), placeholderData: keepPreviousData })
  const chosen = chosenCount(state)
  const facets = <SearchFacets state={state} facets={data?.facets} change={setState} />
  return (
    <Page title={say(words.catalogue)}>
      <SearchBox text={state.text} onText={(text) => setState({ text, from: 0 })} />
      <div className="search-head">
        <p className="number" aria-live="polite">
          {data && <strong>{say(words.found, { total: formatCount(data.total) })}</strong>}
          {data && <span className="faint"> {say(words.took, { ms: milliseconds(data.milliseconds) })}</span>}
        </p>
        {narrow && (
          <Button icon={<FilterOutlined />} onClick={() => setDrawer(true)}>
            {chosen > 0 ? say(words.filtersOn, { count: chosen }) : say(words.filters)}
          </Button>
        )}
        <ChosenFacets state={state} facets={data?.facets} change={setState} />
      </div>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      <div className="search-body">
        {!narrow && <div className="search-facets">{facets}</div>}
        <div className={isPlaceholderData ? 'search-results busy' : 'search-results'}>
          {!data && !error && <Lines count={8} />}
          {data?.total === 0 && (
            <Empty
              title={state.text ? say(words.nothing, { text: state.text }) : say(words.nothingAtAll)}
              next={say(words.nothingNext)}
              action={chosen > 0 && <Button onClick={() => setState(CLEARED)}>{say(words.clear)}</Button>}
            />
          )}
          {data && data.total > 0 && <Hits hits={data.hits} total={data.total} from={state.from} goTo={(from) => setState({ from })} />}
        </div>
      </div>
      <Drawer open={narrow && drawer} onClose={() => setDrawer(false)} title={say(words.filters)} placement="bottom" size="80vh">
        {facets}
        <div className="form-end">
          <Button type="primary" block onClick={() => setDrawer(false)}>
            {say(words.showResults, { total: formatCount(data?.total ?? 0) })}
          </Button>
        </div>
      </Drawer>
    </Page>
  )
}

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)))

/** What is typed is asked for when the hand rests for this long. */
const REST_MS = 120

function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { say } = useLanguage()
  const box = useRef<InputRef>(null)
  const [typed, setTyped] = useState(text)
  const [asked, setAsked] = useState(text)
  if (text !== asked) {
    setAsked(text)
    setTyped(text)
  }
  useEffect(() => {
    if (typed === asked) return
    const timer = setTimeout(() => {
      setAsked(typed)
      onText(typed)
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [typed, asked, onText])
  useEffect(() => {
    const back = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return
      event.preventDefault()
      box.current?.focus({ cursor: 'all' })
    }
    window.addEventListener('keydown', back)
    return () => window.removeEventListener('keydown', back)
  }, [])
  return (
    <search className="search-box">
      <Input
        ref={box}
        size="large"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onPressEnter={() => onText(typed)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('.hit-title a')?.focus()
        }}
        prefix={<SearchOutlined aria-hidden="true" />}
        placeholder={say(words.searchPlaceholder)}
        aria-label={say(words.searchLabel)}
        enterKeyHint="search"
        maxLength={100}
        autoFocus
        allowClear
      />
      <p className="faint search-keys">{say(words.slashHint)}</p>
    </search>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}
