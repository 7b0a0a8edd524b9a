import { queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { QuarantineRow } from '@zhenghe/server/data/exchange/quarantine.contract.ts'
import type { Page } from '@zhenghe/server/kernel/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page as Screen, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { quarantineStates } from '@zhenghe/ui/states.ts'
import { Checkbox, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { catalog } from '../../../api/catalog.ts'
import { exchange } from '../../../api/exchange.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { common } from '../../../texts/common.ts'
import { quarantineWords as words } from '../../../texts/deliveries.ts'
import { objectionWords } from '../../../texts/objections.ts'
import { RaiseButton } from '../objections/RaiseButton.tsx'
import { QuarantineReasons } from './QuarantineReasons.tsx'
import { Replays } from './Replays.tsx'
import { reasonWords } from './reason.ts'
import { SettleBar } from './SettleBar.tsx'

const State = z.enum(['open', 'mended', 'dismissed'])
const Address = z.object({
  delivery: z.uuid().optional().catch(undefined),
  entry: z.uuid().optional().catch(undefined),
  state: State.optional().catch(undefined),
})

/** Rows of one's own unit that failed a check: why, by how many; replaying them once they are mended, or settling them. */
export function QuarantineScreen() {
  const { say } = useLanguage()
  const [{ delivery, entry, state }, set] = useSearchState(Address)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const filter = { ...(delivery ? { delivery } : {}), ...(entry ? { entry } : {}) }
  const asked = { ...filter, ...(state ? { state } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => pageOf({ ...asked, ...(after ? { after } : {}) }))
  const { data: whole } = useQuery(exchange.query('quarantine', { ...asked, limit: 1 }))
  const items = useItems(entry, rows)
  const toggle = (id: string, on: boolean) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((one) => one !== id)))
  return (
    <Screen title={say(words.quarantine)} lead={say(words.lead)}>
      {whole && whole.reasons.length > 0 && (
        <Section title={say(words.byReason)}>
          <QuarantineReasons
            reasons={whole.reasons}
            items={[...items.values()].flat()}
            unlisted={whole.unlisted}
            filter={state === 'mended' || state === 'dismissed' ? undefined : filter}
          />
        </Section>
      )}
      <Replays />
      <DataTable
        id="quarantine"
        label={say(words.quarantine)}
        columns={useColumns(items, chosen, toggle)}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <div className="row">
            <Select
              value={state ?? null}
              onChange={(value) => set({ state: value ?? undefined })}
              options={State.options.map((value) => ({ value, label: say(quarantineStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 130 }}
              allowClear
            />
            {delivery && (
              <>
                <Link to={`/exchange/deliveries/${delivery}`}>{say(words.onlyDelivery)}</Link>
                <Link to="/exchange/quarantine">{say(words.allDeliveries)}</Link>
              </>
            )}
          </div>
        }
      />
      {rows && rows.length > 0 && (
        <SettleBar
          chosen={chosen}
          filter={filter}
          choosePage={() => setChosen(new Set(rows.filter((row) => row.state === 'open').map(({ id }) => id)))}
          done={() => setChosen(new Set())}
        />
      )}
    </Screen>
  )
}

function pageOf(asked: Parameters<typeof exchange.call.quarantine>[0]) {
  return queryOptions<Page<QuarantineRow>>({ queryKey: ['exchange', 'quarantine', asked], queryFn: () => exchange.call.quarantine(asked) })
}

type Named = { column: string; name: string }

/** The items of the entries that rows on the page belong to, by entry. */
function useItems(entry: string | undefined, rows: readonly QuarantineRow[] | undefined): ReadonlyMap<string, readonly Named[]> {
  const entries = [...new Set([...(entry ? [entry] : []), ...(rows ?? []).map((row) => row.entry)])]
  const published = useQueries({ queries: entries.map((id) => catalog.query('published', { id })) })
  return new Map(published.flatMap(({ data }, at) => (data ? [[entries[at] ?? '', data.content.items] as const] : [])))
}

function useColumns(
  items: ReadonlyMap<string, readonly Named[]>,
  chosen: ReadonlySet<string>,
  toggle: (id: string, on: boolean) => void,
): Column<QuarantineRow>[] {
  const { say, language } = useLanguage()
  return [
    {
      key: 'row',
      title: words.row,
      lead: true,
      render: ({ id, rowKey, state }) => (
        <Checkbox
          checked={chosen.has(id)}
          disabled={state !== 'open'}
          aria-label={say(words.select, { row: rowKey })}
          onChange={({ target }) => toggle(id, target.checked)}
        >
          <span className="mono">{rowKey}</span>
        </Checkbox>
      ),
    },
    { key: 'reason', title: words.reason, render: (row) => reasonWords(row, items.get(row.entry) ?? [], language) },
    { key: 'value', title: words.value, render: ({ value }) => <span className="mono">{value}</span> },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={quarantineStates[state]} /> },
    { key: 'resource', title: words.resource, render: ({ entryName }) => entryName },
    { key: 'at', title: words.at, render: ({ at }) => <Moment value={at} /> },
    { key: 'note', title: words.note, extra: true, render: ({ note }) => note },
    {
      key: 'objection',
      title: objectionWords.raise,
      extra: true,
      render: ({ id, entryName, rowKey }) => <RaiseButton kind="use" subject={{ kind: 'quarantine', id }} name={`${entryName} ${rowKey}`} />,
    },
  ]
}
