import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { fits, fitted } from '@zhenghe/server/data/catalog/binding.rules.ts'
import { type Entry, type Item, refusals } from '@zhenghe/server/data/catalog/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Select } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { catalogWords, itemTypes, itemWords, bindWords as words } from '../../../texts/catalog.ts'
import './Compile.css'
import { matchedColumns } from './columns.ts'
import { type PickedTable, TablePicker } from './TablePicker.tsx'

/** Puts an entry on a real table: source, table, and a column for every item. */
export function BindScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(catalog.query('entry', { id }))
  return (
    <Loaded query={query} title={say(catalogWords.catalogue)}>
      {(entry) => <Bind entry={entry} />}
    </Loaded>
  )
}

function Bind({ entry: { head, content, draft } }: { entry: Entry }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [picked, setPicked] = useState<PickedTable>()
  const [columns, setColumns] = useState<Record<string, string>>({})
  const { run, busy, error } = useAct(catalog.call.bind, () => void navigate({ to: `/catalog/${head.id}` }))
  const { items } = head.publishedOn ? content : (draft?.content ?? content)
  const pick = (table: PickedTable | undefined) => {
    setPicked(table)
    setColumns(table ? matchedColumns(items, table.table) : {})
  }
  const result = picked && fitted(items, picked.table, columns)
  const problem = result && 'code' in result ? say(refusals[result.code].text, result.params) : undefined
  return (
    <Page
      title={say(words.title, { name: content.name })}
      lead={say(words.lead)}
      crumbs={[
        { key: 'catalog', link: <Link to="/catalog">{say(catalogWords.catalogue)}</Link> },
        { key: 'entry', link: <Link to={`/catalog/${head.id}`}>{content.name}</Link> },
      ]}
    >
      <Section title={say(words.table)}>
        <TablePicker unit={head.provider} onPick={pick} />
      </Section>
      {picked && (
        <Section
          title={say(words.mapping)}
          extra={
            <>
              <span className="faint">{say(words.mapped, { done: items.filter(({ column }) => columns[column]).length, all: items.length })}</span>
              <Button onClick={() => setColumns(matchedColumns(items, picked.table))}>{say(words.auto)}</Button>
            </>
          }
        >
          <Mapping items={items} picked={picked} columns={columns} set={(item, column) => setColumns({ ...columns, [item]: column })} />
        </Section>
      )}
      {picked && <Alert type={problem ? 'warning' : 'success'} showIcon title={problem ?? say(words.fits)} />}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button
          type="primary"
          disabled={!picked || problem !== undefined}
          loading={busy}
          onClick={() =>
            picked && run({ id: head.id, node: picked.node, store: picked.store, schema: picked.table.schema, table: picked.table.table, columns })
          }
        >
          {say(words.bind)}
        </Button>
      </div>
    </Page>
  )
}

type MappingProps = { items: readonly Item[]; picked: PickedTable; columns: Readonly<Record<string, string>>; set: (item: string, column: string) => void }

function Mapping({ items, picked: { table }, columns, set }: MappingProps) {
  const { say } = useLanguage()
  const options = table.columns.map(({ name, comment, type, key }) => ({
    value: name,
    label: `${name}　${comment}　${type}${key ? `　${say(itemWords.key)}` : ''}`,
  }))
  return (
    <ul className="mapping">
      {items.map((item) => {
        const chosen = table.columns.find(({ name }) => name === columns[item.column])
        const unfit = chosen && !fits(item.type, chosen.canonical)
        return (
          <li key={item.column}>
            <span>
              {item.name} <span className="mono faint">{item.column}</span>
              {item.key && <span className="item-mark"> {say(itemWords.key)}</span>}
            </span>
            <span>
              <Select
                aria-label={`${item.name} ${say(words.column)}`}
                showSearch={{ optionFilterProp: 'label' }}
                status={unfit || !chosen ? 'error' : ''}
                value={columns[item.column] ?? null}
                options={options}
                onChange={(column) => column && set(item.column, column)}
              />
              {unfit && <span className="field-error">{say(words.unfit, { type: say(itemTypes[item.type]), column: chosen.type })}</span>}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
