import { useQuery } from '@tanstack/react-query'
import type { ApplicationView } from '@zhenghe/server/data/nodes/application.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { exchange } from '../../../api/exchange.ts'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { applicationWords as words } from '../../../texts/applications.ts'

const SHORTEST_REASON = 4

/** Recovers a machine, after saying what stops with it. */
export function RecoverDialog({ application: { id, node }, onClose }: { application: ApplicationView; onClose: () => void }) {
  const { say } = useLanguage()
  const { run, busy, error } = useAct(nodes.call.recover, onClose)
  return (
    <ReasonDialog
      title={say(words.recover)}
      consequence={
        <>
          <p>{say(words.recoverWhat)}</p>
          {node && <WhatStops node={node} />}
        </>
      }
      label={say(words.reason)}
      least={SHORTEST_REASON}
      action={say(words.recover)}
      danger
      busy={busy}
      error={error}
      onDo={(reason) => run({ id, reason })}
      onClose={onClose}
    />
  )
}

function WhatStops({ node }: { node: string }) {
  const { say } = useLanguage()
  const { data } = useQuery(exchange.query('subscriptions', { node }))
  const alive = data?.items.filter(({ stoppedAt }) => !stoppedAt) ?? []
  return (
    <>
      <p>{say(words.recoverShared)}</p>
      {data && <p>{alive.length > 0 ? say(words.recoverStops, { count: alive.length }) : say(words.recoverNone)}</p>}
      <ul>
        {alive.map((one) => (
          <li key={one.id}>{`${one.entryName}　${one.providerName} → ${one.consumerName}`}</li>
        ))}
      </ul>
    </>
  )
}
