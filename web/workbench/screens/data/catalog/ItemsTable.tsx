import { KeyOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { bracketed } from '../../../parts/wording.ts'
import { elementWords, entryWords, itemTypes, itemWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'

/** The items of a resource, keys and sensitive ones marked by word and sign. */
export function ItemsTable({ items }: { items: readonly Item[] }) {
  const { say, language } = useLanguage()
  const columns: Column<Item>[] = [
    {
      key: 'name',
      title: words.name,
      lead: true,
      render: ({ name, key, sensitive }) => (
        <span className="row item-name">
          {name}
          {key && (
            <span className="item-mark">
              <KeyOutlined aria-hidden="true" /> {say(words.key)}
            </span>
          )}
          {sensitive && <span className="item-mark sensitive">▲ {say(words.sensitive)}</span>}
        </span>
      ),
    },
    { key: 'column', title: words.column, render: ({ column }) => <span className="mono">{column}</span> },
    { key: 'type', title: words.type, render: ({ type, length }) => bracketed(say(itemTypes[type]), length || null, language) },
    { key: 'nullable', title: words.nullable, render: ({ nullable }) => say(nullable ? common.yes : common.no) },
    {
      key: 'codeTable',
      title: words.codeTable,
      render: ({ codeTable }) => (codeTable ? <Link to={`/standards/codes/${codeTable}`}>{codeTable}</Link> : <span className="faint">—</span>),
    },
    ...(items.some((item) => item.element)
      ? [{ key: 'element', title: words.element, render: ({ element }: Item) => <span className="mono">{element ?? '—'}</span> }]
      : []),
    { key: 'description', title: words.description, render: ({ description }) => description || <span className="faint">—</span> },
  ]
  return (
    <DataTable
      id="catalog-items"
      label={say(elementWords.items)}
      columns={columns}
      rows={items}
      keyOf={({ column }) => column}
      empty={<Empty title={say(entryWords.noItems)} next={say(entryWords.noItemsNext)} />}
    />
  )
}
