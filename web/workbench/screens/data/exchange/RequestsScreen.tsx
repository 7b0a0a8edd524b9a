import { Link, useNavigate } from '@tanstack/react-router'
import { type RequestHead, RequestState } from '@zhenghe/server/data/exchange/request.contract.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { requestStates } from '@zhenghe/ui/states.ts'
import { Segmented, Select } from 'antd'
import { z } from 'zod'
import { exchange } from '../../../api/exchange.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { requestWords as words } from '../../../texts/requests.ts'

const Side = z.enum(['mine', 'incoming', 'all'])
const Address = z.object({ side: Side.optional().catch(undefined), state: manyOf(RequestState) })

const COLUMNS: Column<RequestHead>[] = [
  { key: 'entry', title: words.entry, lead: true, render: ({ entryName }) => entryName },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={requestStates[state]} /> },
  { key: 'clock', title: words.clock, render: ({ clock }) => (clock ? <ClockChip clock={clock} /> : <span className="faint">—</span>) },
  { key: 'consumer', title: words.consumer, render: ({ consumerName }) => consumerName },
  { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
  { key: 'fields', title: words.fields, align: 'end', render: ({ fields }) => fields },
  { key: 'askedAt', title: words.askedAt, render: ({ askedAt }) => <Moment value={askedAt} /> },
  { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
]

/** Requests one's unit made, those it must answer, or all; the most urgent first. */
export function RequestsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [{ side: chosen, state }, set] = useSearchState(Address)
  const sides = Side.options.filter((one) => one !== 'all' || may('exchange.supervise')).filter((one) => one !== 'incoming' || may('exchange.answer'))
  const side = chosen ?? (may('exchange.answer') ? 'incoming' : may('exchange.supervise') ? 'all' : 'mine')
  const asked = { side, ...(state.length > 0 ? { state } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => exchange.query('requests', { ...asked, ...(after ? { after } : {}) }))
  const empty =
    side === 'incoming' ? (
      <Empty title={say(words.emptyIncoming)} next={say(words.emptyIncomingNext)} />
    ) : (
      <Empty title={say(words.emptyMine)} next={say(words.emptyMineNext)} action={<Link to="/catalog">{say(words.toCatalogue)}</Link>} />
    )
  return (
    <Page title={say(words.requests)} lead={say(words.lead)}>
      <DataTable
        id="requests"
        label={say(words.requests)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/exchange/requests/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={empty}
        tools={
          <div className="row">
            <Segmented
              aria-label={say(words.requests)}
              value={side}
              options={sides.map((value) => ({ value, label: say(words[value]) }))}
              onChange={(value) => set({ side: value })}
            />
            <Select
              mode="multiple"
              value={state}
              onChange={(value) => set({ state: value })}
              options={RequestState.options.map((value) => ({ value, label: say(requestStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 180 }}
              allowClear
            />
          </div>
        }
      />
    </Page>
  )
}
