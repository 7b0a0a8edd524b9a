import { useNavigate } from '@tanstack/react-router'
import type { AccessView } from '@zhenghe/server/data/gateway/access.contract.ts'
import { AccessState } from '@zhenghe/server/data/gateway/access.contract.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { accessStates } from '@zhenghe/ui/states.ts'
import { Segmented, Select } from 'antd'
import { z } from 'zod'
import { gateway } from '../../../api/gateway.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { common } from '../../../texts/common.ts'
import { gatewayWords, accessWords as words } from '../../../texts/gateway.ts'

const Address = z.object({
  side: z.enum(['mine', 'incoming', 'all']).default('all').catch('all'),
  state: AccessState.optional().catch(undefined),
})

const COLUMNS: Column<AccessView>[] = [
  { key: 'api', title: words.api, lead: true, render: ({ apiName, n }) => `${apiName} v${n}` },
  { key: 'number', title: words.number, extra: true, render: ({ number }) => <span className="mono">{number}</span> },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={accessStates[state]} /> },
  {
    key: 'clock',
    title: common.time,
    render: ({ clock, state, askedAt }) => (clock && state === 'waiting' ? <ClockChip clock={clock} /> : <Moment value={askedAt} />),
  },
  { key: 'consumer', title: words.consumer, render: ({ consumerName }) => consumerName },
  { key: 'provider', title: gatewayWords.provider, render: ({ providerName }) => providerName },
  { key: 'used', title: words.usedToday, align: 'end', render: ({ usedToday }) => <Count value={usedToday} /> },
  { key: 'last', title: gatewayWords.lastUsed, render: ({ lastUsedAt }) => <Moment value={lastUsedAt} /> },
]

/** Applications of one's unit and those it must answer. */
export function AccessesScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [{ side, state }, set] = useSearchState(Address)
  const asked = { side, ...(state ? { state } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => gateway.query('accesses', { ...asked, ...(after ? { after } : {}) }))
  return (
    <Page title={say(words.accesses)} lead={say(words.lead)}>
      <DataTable
        id="interface-accesses"
        label={say(words.accesses)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/interfaces/accesses/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <>
            <Segmented
              value={side}
              onChange={(next) => set({ side: next as 'mine' | 'incoming' | 'all' })}
              options={[
                { value: 'all', label: say(common.all) },
                { value: 'mine', label: say(words.mine) },
                { value: 'incoming', label: say(words.incoming) },
              ]}
            />
            <Select
              value={state ?? null}
              onChange={(value) => set({ state: value ?? undefined })}
              options={AccessState.options.map((value) => ({ value, label: say(accessStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 140 }}
              allowClear
            />
          </>
        }
      />
    </Page>
  )
}
