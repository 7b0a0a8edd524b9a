import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { Upstream } from '@zhenghe/server/data/gateway/api.contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { common } from '../../../texts/common.ts'
import { upstreamWords as words } from '../../../texts/gateway.ts'

function Withdraw({ upstream: { id, name } }: { upstream: Upstream }) {
  const { say } = useLanguage()
  const confirm = { title: `${say(words.withdraw)}：${name}`, content: say(words.withdrawWhat), danger: true as const }
  return (
    <ActButton danger size="small" act={() => gateway.call.withdrawUpstream({ id })} confirm={confirm}>
      {say(words.withdraw)}
    </ActButton>
  )
}

const COLUMNS: Column<Upstream>[] = [
  { key: 'name', title: common.name, lead: true, render: ({ name }) => name },
  { key: 'baseUrl', title: words.address, render: ({ baseUrl }) => <span className="mono">{baseUrl}</span> },
  { key: 'unit', title: common.unit, render: ({ unitName }) => unitName },
  { key: 'allowedAt', title: words.allowedAt, render: ({ allowedAt }) => <Moment value={allowedAt} /> },
  { key: 'withdraw', title: words.withdraw, render: (upstream) => <Withdraw upstream={upstream} /> },
]

/** Where registered interfaces may lead to, kept by the system administrator. */
export function UpstreamsScreen() {
  const { say } = useLanguage()
  const [adding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(gateway.query('upstreams', {}))
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {say(words.allow)}
    </Button>
  )
  return (
    <Page title={say(words.upstreams)} lead={say(words.lead)} action={add}>
      <DataTable
        id="interface-upstreams"
        label={say(words.upstreams)}
        columns={COLUMNS}
        rows={data}
        total={data?.length}
        keyOf={({ id }) => id}
        problem={error && <Problem error={error} onRetry={() => void refetch()} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} action={add} />}
      />
      {adding && <AllowDialog onClose={() => setAdding(false)} />}
    </Page>
  )
}

function AllowDialog({ onClose }: { onClose: () => void }) {
  const { say } = useLanguage()
  const [draft, setDraft] = useState({ name: '', baseUrl: '', unit: '', note: '' })
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(gateway.call.allowUpstream, onClose)
  const put = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const lacking = (value: string, label: string) => (tried && value.trim().length < 2 ? say(common.required, { field: label }) : undefined)
  const submit = () => {
    setTried(true)
    if (draft.name.trim().length > 1 && draft.baseUrl && draft.unit) run(draft)
  }
  return (
    <Modal
      open
      title={say(words.allow)}
      okText={say(words.allow)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Field id="upstream-unit" label={say(common.unit)} error={lacking(draft.unit, say(common.unit))}>
          {(control) => <UnitSelect {...control} value={draft.unit} onChange={(unit) => put({ unit })} />}
        </Field>
        <Field id="upstream-name" label={say(common.name)} error={lacking(draft.name, say(common.name))}>
          {(control) => <Input {...control} value={draft.name} maxLength={60} onChange={({ target }) => put({ name: target.value })} />}
        </Field>
        <Field id="upstream-address" label={say(words.address)} hint={say(words.addressHint)} error={lacking(draft.baseUrl, say(words.address))}>
          {(control) => <Input {...control} className="mono" value={draft.baseUrl} onChange={({ target }) => put({ baseUrl: target.value.trim() })} />}
        </Field>
        <Field id="upstream-note" label={say(words.note)} optional>
          {(control) => <Input {...control} value={draft.note} maxLength={500} onChange={({ target }) => put({ note: target.value })} />}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
