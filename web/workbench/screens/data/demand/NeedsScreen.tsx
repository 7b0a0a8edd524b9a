import { Link, useNavigate } from '@tanstack/react-router'
import { type NeedHead, NeedState } from '@zhenghe/server/data/demand/need.contract.ts'
import { urgencies } from '@zhenghe/server/data/demand/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { needStates } from '@zhenghe/ui/states.ts'
import { Button, Segmented, Select } from 'antd'
import { z } from 'zod'
import { demand } from '../../../api/demand.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { demandWords as words } from '../../../texts/demand.ts'

const Side = z.enum(['mine', 'answer', 'all'])
const Address = z.object({ side: Side.optional().catch(undefined), state: manyOf(NeedState), text: z.string().optional().catch(undefined) })

const COLUMNS: Column<NeedHead>[] = [
  { key: 'title', title: words.title, lead: true, render: ({ title }) => title },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={needStates[state]} /> },
  {
    key: 'clock',
    title: words.clock,
    render: ({ clock }) => (clock && clock.tone !== 'ended' ? <ClockChip clock={clock} /> : <span className="faint">—</span>),
  },
  { key: 'asker', title: words.asker, render: ({ askerName }) => askerName },
  { key: 'urgency', title: words.urgency, render: ({ urgency }) => <UrgencyName urgency={urgency} /> },
  { key: 'supplied', title: words.supplied, align: 'end', render: ({ items, delivered }) => (items > 0 ? `${delivered} / ${items}` : '—') },
  { key: 'askedAt', title: words.askedAt, render: ({ askedAt }) => <Moment value={askedAt} /> },
  { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
]

function UrgencyName({ urgency }: Pick<NeedHead, 'urgency'>) {
  return useLanguage().say(urgencies[urgency])
}

/** Needs of one's unit, those it supplies, or all. */
export function NeedsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [{ side: chosen, state, text }, set] = useSearchState(Address)
  const sides = Side.options.filter((one) => one !== 'answer' || may('demand.supply')).filter((one) => one !== 'all' || may('demand.analyse'))
  const side = chosen ?? (may('demand.analyse') ? 'all' : 'mine')
  const asked = { side, ...(state.length > 0 ? { state } : {}), ...(text ? { text } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => demand.query('needs', { ...asked, ...(after ? { after } : {}) }))
  return (
    <Page
      title={say(words.demand)}
      lead={say(words.lead)}
      action={
        may('demand.ask') && (
          <Button type="primary" onClick={() => void navigate({ to: '/demand/new' })}>
            {say(words.ask)}
          </Button>
        )
      }
    >
      <DataTable
        id="needs"
        label={say(words.demand)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/demand/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} action={<Link to="/catalog">{say(words.toCatalogue)}</Link>} />}
        tools={
          <div className="row">
            {sides.length > 1 && (
              <Segmented
                aria-label={say(words.demand)}
                value={side}
                options={sides.map((value) => ({ value, label: say(words[value]) }))}
                onChange={(value) => set({ side: value })}
              />
            )}
            <SearchBox label={say(words.search)} value={text ?? ''} onSearch={(next) => set({ text: next || undefined })} />
            <Select
              mode="multiple"
              value={state}
              onChange={(value) => set({ state: value })}
              options={NeedState.options.map((value) => ({ value, label: say(needStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 160 }}
              allowClear
            />
          </div>
        }
      />
    </Page>
  )
}
