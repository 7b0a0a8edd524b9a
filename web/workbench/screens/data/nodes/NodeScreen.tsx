import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { NatsPlace, Node, Store } from '@zhenghe/server/data/nodes/contract.ts'
import { allows } from '@zhenghe/server/data/nodes/rules.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { nodeStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { headed } from '../../../parts/wording.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'
import { ConfirmNode } from './ConfirmNode.tsx'
import { LastSeen, Skew } from './NodeSigns.tsx'

type NamedNode = Node & { unitName: string }
const REFRESH_MS = 5_000
const SHORTEST_REASON = 2

/** One node: what it is, what stands behind it, whose signatures it obeys; confirming and revoking it. */
export function NodeScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...nodesApi.query('node', { id }), refetchInterval: REFRESH_MS })
  const crumbs = [{ key: 'nodes', link: <Link to="/exchange/nodes">{say(words.nodes)}</Link> }]
  return (
    <Loaded query={query} title={say(words.nodes)} crumbs={crumbs}>
      {(node) => <NodePage node={node} />}
    </Loaded>
  )
}

function NodePage({ node }: { node: NamedNode }) {
  const { say } = useLanguage()
  const operates = useMayAt(node.unit)('nodes.operate')
  const [revoking, setRevoking] = useState(false)
  const revoke = useAct(nodesApi.call.revoke, () => setRevoking(false))
  return (
    <Page
      title={node.name}
      lead={node.unitName}
      state={<StateTag look={nodeStates[node.state]} />}
      crumbs={[{ key: 'nodes', link: <Link to="/exchange/nodes">{say(words.nodes)}</Link> }]}
      action={
        operates &&
        allows(node.state, 'revoke') && (
          <Button danger onClick={() => setRevoking(true)}>
            {say(words.revoke)}
          </Button>
        )
      }
      aside={<History subject={`nodes.node:${node.id}`} />}
    >
      {node.state === 'awaiting_join' && <Alert type="info" showIcon title={say(words.waitJoin)} />}
      {operates && allows(node.state, 'confirm') && <ConfirmNode node={node} />}
      <Section title={say(words.facts)}>
        <NodeFacts node={node} />
      </Section>
      <Section title={say(words.stores)}>
        <Stores node={node} />
      </Section>
      <Section title={say(words.approvers)}>
        <p className="faint">{say(node.approvers.length > 0 ? words.approversHint : words.noApprovers)}</p>
        <ul>
          {node.approvers.map((fingerprint) => (
            <li key={fingerprint} className="mono">
              {fingerprint}
            </li>
          ))}
        </ul>
      </Section>
      {revoking && (
        <ReasonDialog
          title={say(words.revoke)}
          consequence={say(words.revokeWhat)}
          label={say(words.revokeWhy)}
          least={SHORTEST_REASON}
          action={say(words.revoke)}
          danger
          busy={revoke.busy}
          error={revoke.error}
          onDo={(reason) => revoke.run({ id: node.id, reason })}
          onClose={() => setRevoking(false)}
        />
      )}
    </Page>
  )
}

function NodeFacts({ node }: { node: NamedNode }) {
  const { say } = useLanguage()
  return (
    <KeyValue
      pairs={[
        { label: say(words.lastSeen), value: <LastSeen node={node} /> },
        { label: say(words.skew), value: <Skew seconds={node.clockSkewSeconds} /> },
        { label: say(words.version), value: <span className="mono">{node.version ?? '—'}</span> },
        { label: say(words.listen), value: node.listen ? <span className="mono">{node.listen}</span> : say(node.nats ? words.natsOrRelay : words.relayOnly) },
        ...(node.nats ? [{ label: say(words.nats), value: <NatsPlaceText place={node.nats} /> }] : []),
        { label: say(words.fingerprint), value: node.fingerprint && node.state !== 'awaiting_confirmation' ? <Copyable text={node.fingerprint} /> : '—' },
        {
          label: say(words.gmFingerprint),
          value: node.gmFingerprint && node.state !== 'awaiting_confirmation' ? <Copyable text={node.gmFingerprint} /> : say(words.noGmKeys),
        },
        { label: say(words.madeAt), value: <Moment value={node.madeAt} /> },
      ]}
    />
  )
}

function NatsPlaceText({ place: { subject, domain } }: { place: NatsPlace }) {
  const { say } = useLanguage()
  return <span className="mono">{domain ? say(words.natsDomain, { subject, domain }) : subject}</span>
}

function Stores({ node }: { node: NamedNode }) {
  const { say, language } = useLanguage()
  const reads = useMayAt(node.unit)('nodes.read_schema') && allows(node.state, 'readSchema')
  const columns: Column<Store>[] = [
    { key: 'id', title: words.store, lead: true, render: ({ id }) => id },
    { key: 'role', title: words.role, render: ({ role }) => say(role === 'source' ? words.source : words.target) },
    { key: 'database', title: words.database, render: ({ database }) => <span className="mono">{database}</span> },
    { key: 'product', title: words.product, render: ({ product }) => product },
    {
      key: 'reachable',
      title: words.reachable,
      render: ({ reachable, trouble }) =>
        reachable ? (
          say(words.isReachable)
        ) : (
          <span className="sign-warn">{`▲ ${trouble ? headed(say(words.isUnreachable), trouble, language) : say(words.isUnreachable)}`}</span>
        ),
    },
    {
      key: 'browse',
      title: words.structure,
      render: ({ id }) =>
        reads ? <Link to={`/exchange/nodes/${node.id}/stores/${encodeURIComponent(id)}`}>{say(words.browse)}</Link> : <span className="faint">—</span>,
    },
  ]
  return (
    <DataTable
      id="node-stores"
      label={say(words.stores)}
      columns={columns}
      rows={node.stores}
      keyOf={({ id, role }) => `${id} ${role}`}
      empty={<Empty title={say(words.noStores)} next={say(words.noStoresNext)} />}
    />
  )
}
