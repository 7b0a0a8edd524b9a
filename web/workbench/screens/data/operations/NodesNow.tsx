import { Link } from '@tanstack/react-router'
import type { MonitoredNode } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Bytes } from '@zhenghe/ui/Figures.tsx'
import { formatBytes, formatDuration, formatShare } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { monitorWords as words } from '../../../texts/monitor.ts'
import { Reachable, Skew } from '../nodes/NodeSigns.tsx'
import { OpenOrders } from './OpenOrders.tsx'
import { RefusedLetters } from './RefusedLetters.tsx'

type NodesNowProps = { nodes: readonly MonitoredNode[]; newest: string | null; at: string }

/** Every active node with how it is; those that need somebody say why. */
export function NodesNow({ nodes, newest, at }: NodesNowProps) {
  const { say } = useLanguage()
  const [looking, setLooking] = useState<string>()
  const open = nodes.find(({ id }) => id === looking)
  const ordered = nodes.filter(({ orders }) => orders.length > 0)
  return (
    <Section title={say(words.nodes)} extra={newest && <span className="faint number">{say(words.newest, { version: newest })}</span>}>
      <DataTable
        id="monitor-nodes"
        label={say(words.nodes)}
        columns={useColumns(at, setLooking)}
        rows={nodes}
        keyOf={({ id }) => id}
        empty={<Empty title={say(words.noNodes)} next={say(words.noNodesNext)} />}
      />
      {ordered.length > 0 && <OpenOrders nodes={ordered} />}
      {open && <RefusedLetters node={open} onClose={() => setLooking(undefined)} />}
    </Section>
  )
}

function useColumns(at: string, look: (node: string) => void): Column<MonitoredNode>[] {
  const { say, language } = useLanguage()
  const since = (moment: string) => formatDuration((Date.parse(at) - Date.parse(moment)) / 1000, language)
  const untold = <span className="faint">—</span>
  return [
    {
      key: 'name',
      title: words.node,
      lead: true,
      render: ({ id, name, unitName }) => (
        <>
          <Link to={`/exchange/nodes/${id}`}>{name}</Link>
          <span className="monitor-unit faint">{unitName}</span>
        </>
      ),
    },
    { key: 'state', title: words.state, render: (node) => <NodeSign node={node} /> },
    {
      key: 'version',
      title: words.version,
      render: ({ version, behind }) => <span className={behind ? 'mono sign-warn' : 'mono'}>{version ?? '—'}</span>,
    },
    {
      key: 'lastSeen',
      title: words.lastSeen,
      render: ({ lastSeenAt, silent }) =>
        lastSeenAt ? <span className={silent ? 'sign-warn number' : 'number'}>{say(words.ago, { time: since(lastSeenAt) })}</span> : untold,
    },
    { key: 'clock', title: words.clock, align: 'end', render: ({ clockSkewSeconds }) => <Skew seconds={clockSkewSeconds} /> },
    { key: 'stores', title: words.stores, render: ({ stores }) => <StoresSign stores={stores} /> },
    {
      key: 'outbox',
      title: words.outbox,
      render: ({ health }) => {
        if (!health) return untold
        const { waiting, oldestSeconds } = health.outbox
        if (waiting === 0) return <span className="faint">{say(words.outboxNone)}</span>
        return <span className="number">{say(words.outboxOldest, { count: waiting, time: formatDuration(oldestSeconds ?? 0, language) })}</span>
      },
    },
    {
      key: 'refused',
      title: words.refused,
      render: ({ id, health, own }) => {
        if (!health || health.outbox.refused === 0) return <span className="faint">{health ? '0' : '—'}</span>
        const { refused } = health.outbox
        return own ? (
          <Button size="small" onClick={() => look(id)}>
            {say(words.seeRefused, { count: refused })}
          </Button>
        ) : (
          <span className="sign-warn number">{refused}</span>
        )
      },
    },
    {
      key: 'disk',
      title: words.disk,
      align: 'end',
      render: ({ health }) => {
        if (!health?.disk) return untold
        const { freeBytes, totalBytes } = health.disk
        return <span className="number">{say(words.diskShown, { free: formatBytes(freeBytes), share: formatShare(freeBytes / totalBytes) })}</span>
      },
    },
    { key: 'memory', title: words.memory, align: 'end', render: ({ health }) => (health ? <Bytes value={health.memoryBytes} /> : untold) },
    {
      key: 'lag',
      title: words.lag,
      align: 'end',
      render: ({ health }) => (health ? <span className="number">{say(words.ms, { ms: health.loopLagMs })}</span> : untold),
    },
  ]
}

function NodeSign({ node: { silent, behind, health } }: { node: MonitoredNode }) {
  const { say } = useLanguage()
  const look = silent
    ? ({ tone: 'bad', text: words.silent } as const)
    : behind
      ? ({ tone: 'warn', text: words.behind } as const)
      : ({ tone: 'good', text: words.fine } as const)
  const tag = <StateTag look={look} />
  return health ? tag : <Tooltip title={say(words.noHealth)}>{tag}</Tooltip>
}

/** How many databases answer; what is wrong with the others in their own words. */
function StoresSign({ stores }: Pick<MonitoredNode, 'stores'>) {
  const troubles = stores.filter(({ reachable }) => !reachable)
  return (
    <>
      <Reachable stores={stores} />
      {troubles.map(({ id, trouble }) => (
        <span key={id} className="monitor-trouble sign-warn">
          {id}：{trouble}
        </span>
      ))}
    </>
  )
}
