import { useNavigate } from '@tanstack/react-router'
import { type EntryHead, EntryState } from '@zhenghe/server/data/catalog/contract.ts'
import { type Column, DataTable, type DataTableProps } from '@zhenghe/ui/DataTable.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { entryStates, shareTypes } from '@zhenghe/ui/states.ts'
import { Input, Select } from 'antd'
import { z } from 'zod'
import { catalog } from '../../../api/catalog.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { catalogWords, elementWords, mineWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'

const Address = z.object({ text: z.string().max(100).default('').catch(''), state: manyOf(EntryState) })

const COLUMNS: Column<EntryHead>[] = [
  { key: 'name', title: elementWords.name, lead: true, render: ({ name }) => name },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={entryStates[state]} /> },
  { key: 'provider', title: elementWords.provider, render: ({ providerName }) => providerName },
  { key: 'class', title: elementWords.class, render: ({ className }) => className },
  { key: 'share', title: elementWords['share.type'], render: ({ shareType }) => <StateTag look={shareTypes[shareType]} /> },
  { key: 'bound', title: { zh: '在线交换', en: 'Exchange' }, render: ({ bound }) => <Bound bound={bound} /> },
  { key: 'version', title: { zh: '版本', en: 'Version' }, align: 'end', render: ({ version }) => version },
  { key: 'changedAt', title: words.changedAt, render: ({ changedAt }) => <Moment value={changedAt} /> },
  { key: 'code', title: elementWords.code, extra: true, render: ({ code }) => <span className="mono">{code}</span> },
]

function Bound({ bound }: { bound: boolean }) {
  const { say } = useLanguage()
  return <span className={bound ? undefined : 'faint'}>{say(bound ? catalogWords.bound : catalogWords.unbound)}</span>
}

type EntriesTableProps = {
  id: string
  /** States to choose among; the first filter of the list where none is chosen. */
  states: readonly EntryState[]
  provider?: string
  label: string
  open: (entry: EntryHead) => string
  empty: DataTableProps<EntryHead>['empty']
}

/** Entries in work and published, narrowed by words and state. */
export function EntriesTable({ id, states, provider, label, open, empty }: EntriesTableProps) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [{ text, state }, set] = useSearchState(Address)
  const asked = { ...(text ? { text } : {}), ...(provider ? { provider } : {}), state: state.length > 0 ? state : [...states] }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => catalog.query('entries', { ...asked, ...(after ? { after } : {}) }))
  return (
    <DataTable
      id={id}
      label={label}
      columns={COLUMNS}
      rows={rows}
      keyOf={(entry) => entry.id}
      total={total}
      paging={paging}
      busy={busy}
      onOpen={(entry) => void navigate({ to: open(entry) })}
      problem={error !== undefined && <Problem error={error} onRetry={retry} />}
      empty={empty}
      tools={
        <div className="row">
          <Input.Search
            defaultValue={text}
            onSearch={(value) => set({ text: value.trim() })}
            placeholder={say(words.search)}
            aria-label={say(words.search)}
            allowClear
            style={{ width: 240 }}
          />
          <Select
            mode="multiple"
            value={state}
            onChange={(value) => set({ state: value })}
            options={states.map((value) => ({ value, label: say(entryStates[value].text) }))}
            placeholder={say(common.state)}
            aria-label={say(common.state)}
            style={{ minWidth: 180 }}
            allowClear
          />
        </div>
      }
    />
  )
}
