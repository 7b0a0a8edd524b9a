import { PrinterOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ListKind, type ListRow } from '@zhenghe/server/data/demand/list.contract.ts'
import { stateWords } from '@zhenghe/server/data/demand/list.rules.ts'
import { listColumns, listNames } from '@zhenghe/server/data/demand/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { type StateLook, StateTag } from '@zhenghe/ui/StateTag.tsx'
import { itemStates, needStates, negativeStates } from '@zhenghe/ui/states.ts'
import { Button, Segmented, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { demand } from '../../../api/demand.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { download } from '../../../parts/download.ts'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { listWords as words } from '../../../texts/demand.ts'
import { Editions } from './Editions.tsx'
import './Lists.css'
import { Candidates } from './Candidates.tsx'

const PAGE = 50
const Address = z.object({
  list: ListKind.optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  unit: manyOf(z.string()),
  state: manyOf(z.string()),
  from: z.coerce.number().int().min(0).optional().catch(undefined),
})

/** The columns of a list, of rows that open what they are about. */
export function columnsOf(list: ListKind): Column<ListRow>[] {
  const titles = listColumns[list]
  return [
    { key: 'item', title: titles.item, lead: true, render: ({ item, link }) => <Link to={link}>{item}</Link> },
    { key: 'unitName', title: titles.unitName, render: ({ unitName }) => unitName },
    { key: 'other', title: titles.other, render: ({ other }) => other || <span className="faint">—</span> },
    { key: 'state', title: titles.state, render: ({ state }) => <StateName state={state} /> },
    { key: 'basis', title: titles.basis, render: ({ basis }) => basis || <span className="faint">—</span> },
    { key: 'since', title: titles.since, render: ({ since }) => <Day value={since} /> },
    { key: 'due', title: titles.due, render: ({ due }) => <Day value={due} /> },
    { key: 'number', title: titles.number, render: ({ number }) => <span className="mono number">{number}</span> },
  ]
}

const LOOKS: Readonly<Record<string, StateLook>> = { ...negativeStates, ...needStates, ...itemStates }

function StateName({ state }: Pick<ListRow, 'state'>) {
  const { say } = useLanguage()
  const look = LOOKS[state]
  return look ? <StateTag look={look} /> : say(stateWords(state))
}

/** The three lists as they stand: narrowed, printed, exported, published. */
export function ListsScreen() {
  const { say } = useLanguage()
  const [{ list = 'needs', text = '', unit, state, from = 0 }, set] = useSearchState(Address)
  const filter = { list, text, ...(unit.length > 0 ? { unit } : {}), ...(state.length > 0 ? { state } : {}) }
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...demand.query('list', { ...filter, offset: from, limit: PAGE }),
    placeholderData: keepPreviousData,
  })
  const narrow = (change: Parameters<typeof set>[0]) => set({ ...change, from: undefined })
  const total = data?.total ?? 0
  return (
    <Page title={say(words.lists)} lead={say(words.lead)} action={<ListActions filter={filter} />}>
      <h2 className="list-print-title">{say(listNames[list])}</h2>
      <DataTable
        id={`list-${list}`}
        label={say(listNames[list])}
        columns={columnsOf(list)}
        rows={data?.rows}
        keyOf={({ id }) => id}
        total={data?.total}
        busy={isPlaceholderData}
        paging={
          data && {
            from: from + 1,
            previous: from > 0 ? () => set({ from: Math.max(0, from - PAGE) }) : undefined,
            next: from + PAGE < total ? () => set({ from: from + PAGE }) : undefined,
          }
        }
        problem={error && <Problem error={error} onRetry={() => void refetch()} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <div className="row">
            <Segmented
              aria-label={say(words.lists)}
              value={list}
              options={ListKind.options.map((value) => ({ value, label: say(listNames[value]) }))}
              onChange={(value) => set({ list: value, unit: undefined, state: undefined, from: undefined })}
            />
            <SearchBox label={say(words.search)} value={text} onSearch={(next) => narrow({ text: next || undefined })} />
            <Facet label={say(words.unit)} values={data?.units ?? []} chosen={unit} set={(value) => narrow({ unit: value })} />
            <Facet
              label={say(common.state)}
              values={(data?.states ?? []).map((one) => ({ ...one, label: say(stateWords(one.value)) }))}
              chosen={state}
              set={(value) => narrow({ state: value })}
            />
          </div>
        }
      />
      {list === 'negative' && <Candidates />}
      <Editions list={list} />
    </Page>
  )
}

type FacetProps = { label: string; values: readonly { value: string; label: string; count: number }[]; chosen: string[]; set: (value: string[]) => void }

function Facet({ label, values, chosen, set }: FacetProps) {
  return (
    <Select<string[]>
      mode="multiple"
      value={chosen}
      onChange={set}
      options={values.map((one) => ({ value: one.value, label: `${one.label} ${formatCount(one.count)}` }))}
      placeholder={label}
      aria-label={label}
      style={{ minWidth: 160 }}
      showSearch={{ optionFilterProp: 'label' }}
      allowClear
    />
  )
}

type Filter = { list: ListKind; text: string; unit?: string[]; state?: string[] }

function ListActions({ filter }: { filter: Filter }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [dialog, setDialog] = useState<'publish' | 'propose'>()
  const close = () => setDialog(undefined)
  const { list } = filter
  return (
    <>
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {say(words.print)}
      </Button>
      <ActButton act={() => demand.call.exported(filter)} after={({ name, csv }) => download(name, csv)}>
        {say(words.csv)}
      </ActButton>
      {list === 'negative' && may('demand.supply') && <Button onClick={() => setDialog('propose')}>{say(words.propose)}</Button>}
      {may('demand.analyse') && (
        <Button type="primary" onClick={() => setDialog('publish')}>
          {say(words.publish)}
        </Button>
      )}
      {dialog === 'publish' && (
        <QuestionsDialog
          title={listNames[list]}
          consequence={words.publishWhat}
          action={words.publish}
          questions={[{ name: 'note', label: words.note, kind: 'text', wide: true, optional: true, most: 500 }]}
          act={async ({ note }) => {
            const { id } = await demand.call.publish({ list, note: String(note ?? '') })
            await navigate({ to: `/demand/editions/${id}` })
          }}
          onClose={close}
        />
      )}
      {dialog === 'propose' && <ProposeDialog onClose={close} />}
    </>
  )
}

function ProposeDialog({ onClose }: { onClose: () => void }) {
  return (
    <QuestionsDialog
      title={words.propose}
      action={words.propose}
      questions={[
        { name: 'item', label: words.item, kind: 'text', wide: true, least: 2, most: 200 },
        { name: 'entry', label: words.entry, kind: 'entry', wide: true, optional: true },
        { name: 'basis', label: words.basis, kind: 'area', wide: true, least: 4, most: 500, rows: 2 },
        { name: 'reason', label: words.reason, kind: 'area', wide: true, least: 4, most: 1000 },
      ]}
      act={(answers) => demand.call.propose({ ...(answers as { item: string; basis: string; reason: string }), entry: (answers['entry'] as string) || null })}
      onClose={onClose}
    />
  )
}

/** A list as it stands in an edition. */
export function ListTable({ list, rows }: { list: ListKind; rows: readonly ListRow[] }) {
  const { say } = useLanguage()
  return (
    <Section>
      <DataTable
        id={`edition-${list}`}
        label={say(listNames[list])}
        columns={columnsOf(list)}
        rows={rows}
        keyOf={({ id }) => id}
        total={rows.length}
        empty={<Empty title={say(words.empty)} />}
      />
    </Section>
  )
}
