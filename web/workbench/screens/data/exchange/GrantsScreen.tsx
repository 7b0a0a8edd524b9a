import { useNavigate } from '@tanstack/react-router'
import { GrantState, type GrantView } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { grantStates } from '@zhenghe/ui/states.ts'
import { Select } from 'antd'
import { z } from 'zod'
import { exchange } from '../../../api/exchange.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { common } from '../../../texts/common.ts'
import { grantWords as words } from '../../../texts/grants.ts'

const Address = z.object({ state: GrantState.optional().catch(undefined) })

const COLUMNS: Column<GrantView>[] = [
  { key: 'resource', title: words.resource, lead: true, render: ({ entryName }) => entryName },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={grantStates[state]} /> },
  { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
  { key: 'consumer', title: words.consumer, render: ({ consumerName }) => consumerName },
  { key: 'fields', title: words.fields, align: 'end', render: ({ fields }) => fields.length },
  { key: 'until', title: words.until, render: ({ notAfter }) => <Moment value={notAfter} /> },
  { key: 'grantedAt', title: words.grantedAt, render: ({ grantedAt }) => <Moment value={grantedAt} /> },
  { key: 'approvedBy', title: words.approvedBy, extra: true, render: ({ approvedBy }) => approvedBy },
]

/** Grants given to and by one's unit. */
export function GrantsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [{ state }, set] = useSearchState(Address)
  const asked = state ? { state } : {}
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => exchange.query('grants', { ...asked, ...(after ? { after } : {}) }))
  return (
    <Page title={say(words.grants)} lead={say(words.lead)}>
      <DataTable
        id="grants"
        label={say(words.grants)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/exchange/grants/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <Select
            value={state ?? null}
            onChange={(value) => set({ state: value ?? undefined })}
            options={GrantState.options.map((value) => ({ value, label: say(grantStates[value].text) }))}
            placeholder={say(common.state)}
            aria-label={say(common.state)}
            style={{ minWidth: 140 }}
            allowClear
          />
        }
      />
    </Page>
  )
}
