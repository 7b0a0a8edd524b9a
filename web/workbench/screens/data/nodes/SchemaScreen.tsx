import { ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TableInfo } from '@zhenghe/server/data/nodes/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Bytes, Count } from '@zhenghe/ui/Figures.tsx'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { bindWords, itemWords } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'

type ColumnOf = TableInfo['columns'][number]
const WAIT_MS = 1000

const TABLES: Column<TableInfo>[] = [
  { key: 'table', title: words.table, lead: true, render: ({ schema, table }) => <span className="mono">{`${schema}.${table}`}</span> },
  { key: 'comment', title: words.comment, render: ({ comment }) => comment || <span className="faint">—</span> },
  { key: 'columns', title: words.columns, align: 'end', render: ({ columns }) => columns.length },
  { key: 'rows', title: words.rows, align: 'end', render: ({ rows }) => <Count value={rows} short /> },
  { key: 'bytes', title: words.size, align: 'end', render: ({ bytes }) => <Bytes value={bytes} /> },
]

/** The tables of a source as its node last read them. */
export function SchemaScreen() {
  const { say, language } = useLanguage()
  const id = useParam('id')
  const store = useParam('store')
  const [text, setText] = useState('')
  const [open, setOpen] = useState<TableInfo>()
  const node = useQuery(nodesApi.query('node', { id }))
  const { data, error } = useQuery({ ...nodesApi.query('schema', { id, store }), refetchInterval: ({ state }) => (state.data?.pending ? WAIT_MS : false) })
  const read = useAct(nodesApi.call.readSchema)
  const key = text.trim().toLowerCase()
  const tables = data?.tables.filter(({ schema, table, comment }) => `${schema}.${table} ${comment}`.toLowerCase().includes(key))
  return (
    <Page
      title={say(words.tables, { store })}
      lead={data?.readAt ? `${say(words.tablesLead)}${say(bindWords.readAt, { time: formatMoment(data.readAt, language) })}` : say(words.tablesLead)}
      crumbs={[
        { key: 'nodes', link: <Link to="/exchange/nodes">{say(words.nodes)}</Link> },
        { key: 'node', link: <Link to={`/exchange/nodes/${id}`}>{node.data?.name ?? '…'}</Link> },
      ]}
      action={
        <Button type="primary" icon={<ReloadOutlined />} loading={read.busy || (data?.pending ?? false)} onClick={() => read.run({ id, store })}>
          {say(data?.readAt ? bindWords.readAgain : bindWords.read)}
        </Button>
      }
    >
      {read.error && <Problem error={read.error} />}
      {data?.trouble && <Alert type="warning" showIcon title={data.trouble} />}
      <DataTable
        id="schema-tables"
        label={say(words.tables, { store })}
        columns={TABLES}
        rows={tables}
        total={tables?.length}
        keyOf={({ schema, table }) => `${schema}.${table}`}
        onOpen={setOpen}
        current={open && `${open.schema}.${open.table}`}
        problem={error && <Problem error={error} />}
        empty={<Empty title={say(key ? common.nothingFound : words.noTables)} next={say(key ? common.nothingFoundNext : words.noTablesNext)} />}
        tools={
          <Input
            value={text}
            onChange={({ target }) => setText(target.value)}
            placeholder={say(words.searchTables)}
            aria-label={say(words.searchTables)}
            allowClear
            style={{ width: 260, maxWidth: '100%' }}
          />
        }
      />
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} size={720} title={open && `${open.comment}　${open.schema}.${open.table}`}>
        {open && <Columns table={open} />}
      </Drawer>
    </Page>
  )
}

function Columns({ table }: { table: TableInfo }) {
  const { say } = useLanguage()
  const columns: Column<ColumnOf>[] = [
    { key: 'name', title: words.column, lead: true, render: ({ name }) => <span className="mono">{name}</span> },
    { key: 'comment', title: words.comment, render: ({ comment }) => comment || <span className="faint">—</span> },
    { key: 'type', title: words.type, render: ({ type, length }) => <span className="mono">{length ? `${type}(${length})` : type}</span> },
    { key: 'canonical', title: words.canonical, render: ({ canonical }) => canonical ?? <span className="sign-warn">▲ {say(words.notExchangeable)}</span> },
    { key: 'key', title: itemWords.key, render: ({ key }) => (key ? say(common.yes) : <span className="faint">—</span>) },
    { key: 'nullable', title: itemWords.nullable, render: ({ nullable }) => say(nullable ? common.yes : common.no) },
  ]
  return <DataTable id="schema-columns" label={table.table} columns={columns} rows={table.columns} keyOf={({ name }) => name} empty={null} />
}
