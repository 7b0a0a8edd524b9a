import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { ConsumerKey } from '@zhenghe/server/data/gateway/key.contract.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { NameDialog } from '../../../parts/NameDialog.tsx'
import { ShownOnce } from '../../../parts/ShownOnce.tsx'
import { gatewayWords as words } from '../../../texts/gateway.ts'

const _SHORTEST_NAME = 2

function Revoked({ revokedAt, id, name }: ConsumerKey) {
  const { say } = useLanguage()
  if (revokedAt) return <Moment value={revokedAt} />
  const confirm = { title: `${say(words.revokeKey)}：${name}`, content: say(words.revokeKeyWhat), danger: true as const }
  return (
    <ActButton danger size="small" act={() => gateway.call.revokeKey({ id })} confirm={confirm}>
      {say(words.revokeKey)}
    </ActButton>
  )
}

const COLUMNS: Column<ConsumerKey>[] = [
  { key: 'name', title: words.keyName, lead: true, render: ({ name }) => name },
  { key: 'id', title: words.keyId, render: ({ id }) => <Copyable text={id} /> },
  { key: 'algorithm', title: words.algorithm, render: ({ algorithm }) => <span className="mono">{algorithm}</span> },
  { key: 'madeAt', title: words.madeAt, render: ({ madeAt }) => <Moment value={madeAt} /> },
  { key: 'revokedAt', title: words.revokedAt, render: (key) => <Revoked {...key} /> },
]

/** Keys of one's unit; a secret is seen once. */
export function KeysScreen() {
  const { say } = useLanguage()
  const [making, setMaking] = useState(false)
  const { data, error, refetch } = useQuery(gateway.query('keys', {}))
  const make = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {say(words.makeKey)}
    </Button>
  )
  return (
    <Page title={say(words.keys)} lead={say(words.keysLead)} action={make}>
      <DataTable
        id="interface-keys"
        label={say(words.keys)}
        columns={COLUMNS}
        rows={data}
        total={data?.length}
        keyOf={({ id }) => id}
        problem={error && <Problem error={error} onRetry={() => void refetch()} />}
        empty={<Empty title={say(words.noKeys)} next={say(words.noKeysNext)} action={make} />}
      />
      {making && <MakeKey onClose={() => setMaking(false)} />}
    </Page>
  )
}

function MakeKey({ onClose }: { onClose: () => void }) {
  const { say } = useLanguage()
  const { run, busy, error, answer } = useAct(gateway.call.makeKey)
  if (answer) return <Secret id={answer.key.id} secret={answer.secret} onClose={onClose} />
  return (
    <NameDialog
      id="key-name"
      title={say(words.makeKey)}
      label={say(words.keyName)}
      hint={say(words.keyNameHint)}
      busy={busy}
      error={error}
      onDo={(name) => run({ name })}
      onClose={onClose}
    />
  )
}

function Secret({ id, secret, onClose }: { id: string; secret: string; onClose: () => void }) {
  const { say } = useLanguage()
  return (
    <ShownOnce title={say(words.secretTitle)} warning={say(words.secretOnce)} done={say(words.noted)} onClose={onClose}>
      <KeyValue
        columns={1}
        pairs={[
          { label: say(words.keyId), value: <Copyable text={id} /> },
          { label: say(words.secret), value: <Copyable text={secret} /> },
        ]}
      />
    </ShownOnce>
  )
}
