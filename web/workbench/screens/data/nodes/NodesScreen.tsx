import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Node } from '@zhenghe/server/data/nodes/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { nodeStates } from '@zhenghe/ui/states.ts'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { useMe } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'
import { EnrolDialog } from './EnrolDialog.tsx'
import { LastSeen, Reachable, Skew } from './NodeSigns.tsx'

type NamedNode = Node & { unitName: string }
const Address = z.object({ of: z.enum(['mine', 'all']).default('all').catch('all') })
const REFRESH_MS = 15_000

const COLUMNS: Column<NamedNode>[] = [
  { key: 'name', title: words.name, lead: true, render: ({ name }) => name },
  { key: 'unit', title: common.unit, render: ({ unitName }) => unitName },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={nodeStates[state]} /> },
  { key: 'lastSeen', title: words.lastSeen, render: (node) => <LastSeen node={node} /> },
  { key: 'skew', title: words.skew, align: 'end', render: ({ clockSkewSeconds }) => <Skew seconds={clockSkewSeconds} /> },
  { key: 'stores', title: words.stores, render: ({ stores }) => <Reachable stores={stores} /> },
  { key: 'version', title: words.version, render: ({ version }) => <span className="mono">{version ?? '—'}</span> },
]

/** All exchange nodes with how they are; one's own unit can enrol another. */
export function NodesScreen() {
  const { say } = useLanguage()
  const { unit } = useMe()
  const navigate = useNavigate()
  const operates = useMayAt(unit.id)('nodes.operate')
  const [{ of }, set] = useSearchState(Address)
  const [enrolling, setEnrolling] = useState(false)
  const asked = of === 'mine' ? { unit: unit.id } : {}
  const { data, error, refetch } = useQuery({ ...nodesApi.query('nodes', asked), refetchInterval: REFRESH_MS })
  const enrol = operates && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEnrolling(true)}>
      {say(words.enrol)}
    </Button>
  )
  return (
    <Page title={say(words.nodes)} lead={say(words.lead)} action={enrol}>
      <DataTable
        id="nodes"
        label={say(words.nodes)}
        columns={COLUMNS}
        rows={data}
        total={data?.length}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: `/exchange/nodes/${id}` })}
        problem={error && <Problem error={error} onRetry={() => void refetch()} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} action={enrol} />}
        tools={
          <Checkbox checked={of === 'mine'} onChange={({ target }) => set({ of: target.checked ? 'mine' : 'all' })}>
            {say(words.onlyMine)}
          </Checkbox>
        }
      />
      {enrolling && <EnrolDialog unit={unit.id} onClose={() => setEnrolling(false)} />}
    </Page>
  )
}
