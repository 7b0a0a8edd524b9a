import { LeftOutlined, RightOutlined, SettingOutlined } from '@ant-design/icons'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Button, Checkbox, Popover } from 'antd'
import { type ReactNode, useState } from 'react'
import './DataTable.css'
import { formatCount } from './format.ts'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'
import { useRowKeys } from './useRowKeys.ts'

export type Column<T> = {
  key: string
  title: Text
  render: (row: T) => ReactNode
  align?: 'end'
  width?: number
  /** Names the row: always shown, and the heading of its card on a phone. */
  lead?: true
  /** Not shown until somebody chooses it. */
  extra?: true
}

/** Where this page stands in the whole list: `from` is the number of its first row, counted from 1. */
export type Paging = { from: number; previous?: (() => void) | undefined; next?: (() => void) | undefined }

export type DataTableProps<T> = {
  /** Names the table among all tables: its chosen columns are kept under it while the window is open. */
  id: string
  label: string
  columns: readonly Column<T>[]
  /** Undefined while the first page is on its way. */
  rows: readonly T[] | undefined
  keyOf: (row: T) => string
  /** The exact number of rows of the whole list. */
  total?: number | undefined
  paging?: Paging | undefined
  /** A newer page is on its way; the one shown stays until it is here. */
  busy?: boolean
  onOpen?: (row: T) => void
  /** Key of the row that is open beside the table. */
  current?: string | undefined
  /** Search box and filters. */
  tools?: ReactNode
  /** Stands in place of rows where there are none: what to do next. */
  empty: ReactNode
  problem?: ReactNode
}

const chosenColumns = new Map<string, ReadonlySet<string>>()

/** A list of records: exact count, keyset paging, columns of one's choice, arrow keys and Enter; on a phone every row is a card. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { id, columns, rows, total, paging, tools, problem, empty } = props
  const { say } = useLanguage()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => chosenColumns.get(id) ?? new Set(columns.filter(({ extra }) => extra).map(({ key }) => key)))
  const choose = (next: ReadonlySet<string>) => {
    chosenColumns.set(id, next)
    setHidden(next)
  }
  const shown = columns.filter(({ key }) => !hidden.has(key))
  const bare = !tools && total === undefined && !columns.some(({ extra }) => extra)
  return (
    <div className="data-table">
      <div className="data-table-tools no-print" hidden={bare}>
        <div className="row data-table-filters">{tools}</div>
        <div className="row">
          {total !== undefined && (
            <span className="faint number" aria-live="polite">
              {say(words.rowsFound, { total: formatCount(total) })}
            </span>
          )}
          {columns.some(({ lead }) => !lead) && <ColumnChoice columns={columns} hidden={hidden} choose={choose} />}
        </div>
      </div>
      {problem}
      {!problem && rows?.length === 0 ? empty : !problem && <Rows {...props} columns={shown} />}
      {paging && rows && total !== undefined && rows.length > 0 && <Pager paging={paging} count={rows.length} total={total} />}
    </div>
  )
}

function Rows<T>({ label, columns, rows, keyOf, onOpen, current, busy }: DataTableProps<T>) {
  const { say } = useLanguage()
  const keys = useRowKeys(rows?.length ?? 0, (index) => rows?.[index] && onOpen?.(rows[index]))
  return (
    <div className="data-table-scroll">
      <table aria-label={label} aria-busy={busy ?? rows === undefined} className={busy ? 'busy' : undefined}>
        <thead>
          <tr>
            {columns.map(({ key, title, align, width }) => (
              <th key={key} scope="col" className={align} style={width ? { width } : undefined}>
                {say(title)}
              </th>
            ))}
          </tr>
        </thead>
        {rows ? (
          <tbody {...keys.body}>
            {rows.map((row, index) => (
              <tr
                key={keyOf(row)}
                {...(onOpen ? keys.row(index) : {})}
                className={onOpen ? 'opens' : undefined}
                aria-current={current !== undefined && current === keyOf(row) ? 'true' : undefined}
                onClick={onOpen && ((event) => !isControl(event.target) && onOpen(row))}
              >
                {columns.map(({ key, title, render, align, lead }) => (
                  <td key={key} className={[align, lead && 'lead'].filter(Boolean).join(' ') || undefined} data-label={say(title)}>
                    <div>{render(row)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ) : (
          <Skeleton columns={columns.length} />
        )}
      </table>
    </div>
  )
}

/** A click on a control inside a row, or in something floating above it, is not a click on the row. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('tr') !== null && target.closest('a, button, input, label') !== null
}

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f']

function Skeleton({ columns }: { columns: number }) {
  const { say } = useLanguage()
  return (
    <tbody>
      {SKELETON_ROWS.map((key, row) => (
        <tr key={key}>
          <td colSpan={columns}>
            <div className="skeleton" style={{ width: `${92 - ((row * 17) % 40)}%` }}>
              {row === 0 && <span className="sr-only">{say(words.loading)}</span>}
            </div>
          </td>
        </tr>
      ))}
    </tbody>
  )
}

function Pager({ paging, count, total }: { paging: Paging; count: number; total: number }) {
  const { say } = useLanguage()
  if (!paging.previous && !paging.next) return null
  return (
    <nav className="data-table-pager no-print" aria-label={say(words.nextPage)}>
      <span className="faint number">
        {say(words.rowsFrom, { from: formatCount(paging.from), to: formatCount(paging.from + count - 1), total: formatCount(total) })}
      </span>
      <Button icon={<LeftOutlined />} disabled={!paging.previous} onClick={paging.previous}>
        {say(words.previousPage)}
      </Button>
      <Button icon={<RightOutlined />} iconPlacement="end" disabled={!paging.next} onClick={paging.next}>
        {say(words.nextPage)}
      </Button>
    </nav>
  )
}

type Choice<T> = { columns: readonly Column<T>[]; hidden: ReadonlySet<string>; choose: (hidden: ReadonlySet<string>) => void }

function ColumnChoice<T>({ columns, hidden, choose }: Choice<T>) {
  const { say } = useLanguage()
  const toggle = (key: string, on: boolean) => choose(new Set(on ? [...hidden].filter((other) => other !== key) : [...hidden, key]))
  const list = (
    <div className="column-choice">
      {columns
        .filter(({ lead }) => !lead)
        .map(({ key, title }) => (
          <Checkbox key={key} checked={!hidden.has(key)} onChange={({ target }) => toggle(key, target.checked)}>
            {say(title)}
          </Checkbox>
        ))}
    </div>
  )
  return (
    <Popover content={list} trigger="click" placement="bottomRight">
      <Button className="column-button" type="text" icon={<SettingOutlined />} aria-label={say(words.columns)} title={say(words.columns)} />
    </Popover>
  )
}
