import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { AccessView } from '@zhenghe/server/data/gateway/access.contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { gateway } from '../../../api/gateway.ts'
import { accessWords, gatewayWords as words } from '../../../texts/gateway.ts'
import { UsageTable } from './UsageTable.tsx'

const UNUSED: Column<AccessView>[] = [
  { key: 'api', title: accessWords.api, lead: true, render: ({ apiName, n }) => `${apiName} v${n}` },
  { key: 'consumer', title: accessWords.consumer, render: ({ consumerName }) => consumerName },
  { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
  { key: 'last', title: words.lastUsed, render: ({ lastUsedAt }) => <Moment value={lastUsedAt} /> },
  { key: 'until', title: accessWords.until, render: ({ notAfter }) => <Moment value={notAfter} /> },
]

/** Who calls what how often, and which grants nobody uses. */
export function UsageScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(gateway.query('unused', { days: 30 }))
  return (
    <Page title={say(words.usage)} lead={say(words.usageLead)}>
      <Section title={say(words.statistics)}>
        <UsageTable />
      </Section>
      <Section title={say(words.unused)}>
        <DataTable
          id="interface-unused"
          label={say(words.unused)}
          columns={UNUSED}
          rows={data}
          total={data?.length}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: `/interfaces/accesses/${id}` })}
          problem={error && <Problem error={error} onRetry={() => void refetch()} />}
          empty={<Empty title={say(words.noUnused)} next={say(words.noUnusedNext)} />}
        />
      </Section>
    </Page>
  )
}
