import { ReloadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TableInfo } from '@zhenghe/server/data/nodes/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { formatMoment, formatShort } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Select } from 'antd'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { bracketed } from '../../../parts/wording.ts'
import { bindWords as words } from '../../../texts/catalog.ts'

export type PickedTable = { node: string; store: string; table: TableInfo }
type TablePickerProps = { unit: string; onPick: (picked: PickedTable | undefined) => void }
type Source = { node: string; store: string }

/** Finds a table: node, source, table. Where the structure was never read, or is old, it can be read from here. */
export function TablePicker({ unit, onPick }: TablePickerProps) {
  const { say, language } = useLanguage()
  const { data, error } = useQuery(nodesApi.query('nodes', { unit }))
  const [chosen, setChosen] = useState<Source>()
  const active = data?.filter(({ state }) => state === 'active') ?? []
  const sources = active.flatMap((node) => node.stores.filter(({ role }) => role === 'source').map((store) => ({ node, store })))
  const source = chosen ?? (sources.length === 1 ? { node: sources[0]!.node.id, store: sources[0]!.store.id } : undefined)
  const choose = (value: string) => {
    const [node = '', store = ''] = value.split(' ')
    setChosen({ node, store })
    onPick(undefined)
  }
  if (error) return <Problem error={error} />
  if (!data) return <Lines />
  if (sources.length === 0)
    return <Empty title={say(words.noNode)} next={say(words.noNodeNext)} action={<Link to="/exchange/nodes">{say(words.toNodes)}</Link>} />
  return (
    <div className="fields">
      <Field id="pick-source" label={say(words.store)}>
        {(control) => (
          <Select
            {...control}
            value={source ? `${source.node} ${source.store}` : null}
            options={sources.map(({ node, store }) => ({
              value: `${node.id} ${store.id}`,
              label: bracketed(`${node.name} · ${store.id}`, store.product, language),
            }))}
            onChange={(value) => value && choose(value)}
          />
        )}
      </Field>
      {source && <Tables key={`${source.node} ${source.store}`} source={source} onPick={onPick} />}
    </div>
  )
}

const WAIT_MS = 1000

function Tables({ source, onPick }: { source: Source; onPick: TablePickerProps['onPick'] }) {
  const { say, language } = useLanguage()
  const queries = useQueryClient()
  const options = nodesApi.query('schema', { id: source.node, store: source.store })
  const { data, error } = useQuery({ ...options, refetchInterval: ({ state }) => (state.data?.pending ? WAIT_MS : false) })
  const read = useAct(nodesApi.call.readSchema, () => void queries.invalidateQueries({ queryKey: options.queryKey }))
  const [name, setName] = useState<string>()
  const pick = (value: string) => {
    setName(value)
    const table = data?.tables.find((one) => `${one.schema}.${one.table}` === value)
    onPick(table && { ...source, table })
  }
  if (error) return <Problem error={error} />
  if (!data) return <Lines />
  const label = ({ comment, schema, table, rows }: TableInfo) =>
    say(words.tableOption, { comment: comment || table, name: `${schema}.${table}`, rows: formatShort(rows, language) })
  return (
    <>
      <Field
        id="pick-table"
        label={say(words.table)}
        hint={
          <span className="row">
            {data.pending
              ? say(words.reading)
              : data.readAt
                ? `${say(words.readAt, { time: formatMoment(data.readAt, language) })}　${say(words.tables, { count: data.tables.length })}`
                : say(words.neverRead)}
            <Button
              size="small"
              type={data.readAt ? 'link' : 'primary'}
              icon={<ReloadOutlined />}
              loading={data.pending || read.busy}
              onClick={() => read.run({ id: source.node, store: source.store })}
            >
              {say(data.readAt ? words.readAgain : words.read)}
            </Button>
          </span>
        }
      >
        {(control) => (
          <Select
            {...control}
            showSearch={{ optionFilterProp: 'label' }}
            value={name ?? null}
            disabled={data.tables.length === 0}
            options={data.tables.map((table) => ({ value: `${table.schema}.${table.table}`, label: label(table) }))}
            onChange={(value) => value && pick(value)}
          />
        )}
      </Field>
      {(data.trouble || read.error) && (
        <div className="wide">{read.error ? <Problem error={read.error} /> : <Alert type="warning" showIcon title={data.trouble} />}</div>
      )}
    </>
  )
}
