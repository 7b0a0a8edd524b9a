import { EllipsisOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { movesFor } from '@zhenghe/server/data/catalog/rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button, Dropdown, Tooltip } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { useMay, useMe } from '../../../session.ts'
import { entryWords as words } from '../../../texts/catalog.ts'
import { RaiseButton } from '../objections/RaiseButton.tsx'

/** The one thing to do with an entry next, by its state and the reader's rights; what else is possible stands behind «more». */
export function EntryActions({ entry }: { entry: Entry }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { head, draft } = entry
  const mayHere = useMayAt(head.provider)
  const may = useMay()
  const me = useMe()
  const [withdrawing, setWithdrawing] = useState(false)
  const moves = movesFor(draft?.state ?? head.state, mayHere)
  const go = (to: string) => () => void navigate({ to })
  const reviews = moves.some((move) => move === 'approve' || move === 'publish' || move === 'return')
  const asks = head.state === 'published' && head.provider !== me.unit.id && may('exchange.request')
  const more = [
    ...(moves.includes('bind') ? [{ key: 'bind', label: say(entry.binding ? words.rebind : words.bindAction), onClick: go(`/catalog/${head.id}/bind`) }] : []),
    ...(moves.includes('withdraw') ? [{ key: 'withdraw', danger: true, label: say(words.withdraw), onClick: () => setWithdrawing(true) }] : []),
  ]
  return (
    <>
      {more.length > 0 && (
        <Dropdown menu={{ items: more }} trigger={['click']}>
          <Button icon={<EllipsisOutlined />} aria-label={say(words.more)} title={say(words.more)} />
        </Dropdown>
      )}
      {moves.includes('revise') && (
        <Button type={asks || reviews ? 'default' : 'primary'} onClick={go(`/catalog/${head.id}/edit`)}>
          {say(draft ? words.goOn : words.edit)}
        </Button>
      )}
      {reviews && (
        <Button type="primary" onClick={go(`/catalog/${head.id}/review`)}>
          {say(words.toReview)}
        </Button>
      )}
      <RaiseButton
        kind="catalogue"
        subject={{ kind: 'entry', id: head.id }}
        name={head.name}
        shown={head.state === 'published' && head.provider !== me.unit.id}
      />
      {asks && <RequestButton entry={entry} />}
      {withdrawing && <Withdraw id={head.id} onClose={() => setWithdrawing(false)} />}
    </>
  )
}

const OPEN = ['waiting', 'supplement'] as const

function RequestButton({ entry: { head, content } }: { entry: Entry }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { data } = useQuery(exchange.query('requests', { side: 'mine', entry: head.id, state: [...OPEN], limit: 1 }))
  const open = data?.items[0]
  if (open) {
    return (
      <Button type="primary" onClick={() => void navigate({ to: `/exchange/requests/${open.id}` })}>
        {say(words.myRequest)}
      </Button>
    )
  }
  const why = head.shareType === 'none' ? say(words.notSharedHint, { basis: content.share.basis }) : head.bound ? '' : say(words.notBoundHint)
  return (
    <Tooltip title={why}>
      <Button type="primary" disabled={why !== ''} onClick={() => void navigate({ to: `/catalog/${head.id}/request` })}>
        {say(words.request)}
      </Button>
    </Tooltip>
  )
}

const SHORTEST_REASON = 2

function Withdraw({ id, onClose }: { id: string; onClose: () => void }) {
  const { say } = useLanguage()
  const { run, busy, error } = useAct(catalog.call.withdraw, onClose)
  return (
    <ReasonDialog
      title={say(words.withdraw)}
      consequence={say(words.withdrawWhat)}
      label={say(words.withdrawWhy)}
      least={SHORTEST_REASON}
      action={say(words.withdraw)}
      danger
      busy={busy}
      error={error}
      onDo={(reason) => run({ id, reason })}
      onClose={onClose}
    />
  )
}
