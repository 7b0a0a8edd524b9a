import { PlusOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import type { ApiHead } from '@zhenghe/server/data/gateway/api.contract.ts'
import { apiKinds } from '@zhenghe/server/data/gateway/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Checkbox } from 'antd'
import { z } from 'zod'
import { gateway } from '../../../api/gateway.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { gatewayWords as words } from '../../../texts/gateway.ts'

const Address = z.object({ of: z.enum(['mine', 'all']).default('all').catch('all'), text: z.string().default('').catch('') })

function Kind({ kind }: Pick<ApiHead, 'kind'>) {
  const { say } = useLanguage()
  return say(apiKinds[kind])
}
function Latest({ latest }: Pick<ApiHead, 'latest'>) {
  const { say } = useLanguage()
  return latest === null ? <span className="faint">{say(words.draftOnly)}</span> : <span className="mono">{`v${latest}`}</span>
}

const COLUMNS: Column<ApiHead>[] = [
  { key: 'name', title: words.name, lead: true, render: ({ name }) => name },
  { key: 'code', title: words.code, render: ({ code }) => <span className="mono">{code}</span> },
  { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
  { key: 'kind', title: words.kind, render: ({ kind }) => <Kind kind={kind} /> },
  { key: 'latest', title: words.latest, render: ({ latest }) => <Latest latest={latest} /> },
  { key: 'consumers', title: words.consumers, align: 'end', render: ({ consumers }) => <Count value={consumers} /> },
  { key: 'calls', title: words.callsOfWeek, align: 'end', render: ({ callsOfWeek }) => <Count value={callsOfWeek} /> },
]

/** Interfaces one can apply for, and those of one's own unit with their drafts. */
export function ApisScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [{ of, text }, set] = useSearchState(Address)
  const { rows, total, paging, busy, error, retry } = usePages({ of, text }, (after) => gateway.query('apis', { of, text, ...(after ? { after } : {}) }))
  const register = may('gateway.publish') && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/interfaces/register' })}>
      {say(words.register)}
    </Button>
  )
  return (
    <Page title={say(words.apis)} lead={say(words.apisLead)} action={register}>
      <DataTable
        id="interfaces"
        label={say(words.apis)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/interfaces/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={
          <Empty
            title={say(text ? common.nothingFound : words.noApis)}
            next={say(text ? common.nothingFoundNext : words.noApisNext)}
            action={text ? undefined : register}
          />
        }
        tools={
          <>
            <SearchBox label={say(words.searchApis)} value={text} onSearch={(next) => set({ text: next || undefined })} width={300} />
            <Checkbox checked={of === 'mine'} onChange={({ target }) => set({ of: target.checked ? 'mine' : 'all' })}>
              {say(words.onlyMine)}
            </Checkbox>
          </>
        }
      />
    </Page>
  )
}
