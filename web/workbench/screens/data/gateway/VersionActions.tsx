import { useNavigate } from '@tanstack/react-router'
import type { ApiView, VersionView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { gatewayWords as words } from '../../../texts/gateway.ts'

const SHORTEST_REASON = 4

/** What its publisher can do with a version now. */
export function VersionActions({ api, version: { n, state } }: { api: ApiView; version: VersionView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'deprecate' | 'withdraw'>()
  const close = () => setDialog(undefined)
  const deprecate = useAct(gateway.call.deprecate, close)
  const withdraw = useAct(gateway.call.withdrawVersion, close)
  const { id } = api
  const act = dialog === 'deprecate' ? deprecate : withdraw
  return (
    <>
      <Button onClick={() => void navigate({ to: `/interfaces/${id}/draft` })}>{say(api.draft ? words.editDraft : words.newVersion)}</Button>
      {state === 'published' && <Button onClick={() => setDialog('deprecate')}>{say(words.deprecate)}</Button>}
      {(state === 'published' || state === 'deprecated') && (
        <Button danger onClick={() => setDialog('withdraw')}>
          {say(words.withdraw)}
        </Button>
      )}
      {state === 'draft' && (
        <ActButton type="primary" act={() => gateway.call.publish({ id })} confirm={{ title: `${say(words.publish)} v${n}`, content: say(words.publishWhat) }}>
          {say(words.publish)}
        </ActButton>
      )}
      {dialog && (
        <ReasonDialog
          title={`${say(words[dialog])} v${n}`}
          consequence={say(dialog === 'deprecate' ? words.deprecateWhat : words.withdrawWhat)}
          label={say(words.reason)}
          least={SHORTEST_REASON}
          action={say(words[dialog])}
          danger={dialog === 'withdraw'}
          busy={act.busy}
          error={act.error}
          onDo={(reason) => act.run({ id, n, reason })}
          onClose={close}
        />
      )}
    </>
  )
}
