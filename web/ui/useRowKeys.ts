import { type KeyboardEvent, useState } from 'react'

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Arrow keys move between the rows of a table body, Enter opens one; the tab key enters the rows once, where one last was. */
export function useRowKeys(count: number, open: (index: number) => void) {
  const [at, setAt] = useState(0)
  const inside = Math.min(at, Math.max(0, count - 1))
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const row = event.target instanceof HTMLTableRowElement ? event.target : undefined
    if (!row) return
    if (event.key === 'Enter') return open(inside)
    const move = MOVES[event.key]
    if (!move) return
    event.preventDefault()
    const next = move(inside, count)
    setAt(next)
    const target = event.currentTarget.rows.item(next)
    target?.focus()
    target?.scrollIntoView({ block: 'nearest' })
  }
  return {
    body: { onKeyDown },
    row: (index: number) => ({ tabIndex: index === inside ? 0 : -1, onFocus: () => setAt(index) }),
  }
}
