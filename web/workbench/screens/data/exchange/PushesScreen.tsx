import { useNavigate } from '@tanstack/react-router'
import { type PushHead, PushState } from '@zhenghe/server/data/exchange/push.contract.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { deliveryStates, pushStates } from '@zhenghe/ui/states.ts'
import { Select } from 'antd'
import { z } from 'zod'
import { exchange } from '../../../api/exchange.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { common } from '../../../texts/common.ts'
import { pushWords as words } from '../../../texts/pushes.ts'
import { saySchedule } from './schedule-words.ts'

const Address = z.object({ state: manyOf(PushState) })

/** Push tasks from and to one's unit: how they stand, and when they run next. */
export function PushesScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [{ state }, set] = useSearchState(Address)
  const asked = state.length > 0 ? { state } : {}
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => exchange.query('pushes', { ...asked, ...(after ? { after } : {}) }))
  const narrowed = state.length > 0
  return (
    <Page title={say(words.pushes)} lead={say(words.lead)}>
      <DataTable
        id="pushes"
        label={say(words.pushes)}
        columns={usePushColumns()}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/exchange/pushes/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(narrowed ? common.nothingFound : words.empty)} next={say(narrowed ? common.nothingFoundNext : words.emptyNext)} />}
        tools={
          <Select
            mode="multiple"
            value={state}
            onChange={(value) => set({ state: value })}
            options={PushState.options.map((value) => ({ value, label: say(pushStates[value].text) }))}
            placeholder={say(common.state)}
            aria-label={say(common.state)}
            style={{ minWidth: 180 }}
            allowClear
          />
        }
      />
    </Page>
  )
}

function usePushColumns(): Column<PushHead>[] {
  const { say, language } = useLanguage()
  return [
    { key: 'name', title: words.name, lead: true, render: ({ name }) => name },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={pushStates[state]} /> },
    { key: 'resource', title: words.resource, render: ({ entryName }) => entryName },
    { key: 'route', title: words.route, render: ({ providerName, consumerName }) => `${providerName} → ${consumerName}` },
    { key: 'mode', title: words.mode, render: ({ mode }) => say(deliveryModes[mode]) },
    { key: 'schedule', title: words.schedule, render: ({ schedule }) => saySchedule(schedule, language) },
    { key: 'next', title: words.nextDue, render: ({ nextDueAt }) => <Moment value={nextDueAt} /> },
    {
      key: 'last',
      title: words.last,
      extra: true,
      render: ({ lastRun }) => (lastRun ? say(deliveryStates[lastRun.state as keyof typeof deliveryStates].text) : '—'),
    },
    { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
  ]
}
