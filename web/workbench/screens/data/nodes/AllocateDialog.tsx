import type { ApplicationView } from '@zhenghe/server/data/nodes/application.contract.ts'
import { usableAddress } from '@zhenghe/server/data/nodes/application.rules.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { applicationWords as words } from '../../../texts/applications.ts'
import { common } from '../../../texts/common.ts'

const Ip = z.union([z.ipv4(), z.ipv6()])

/** Gives an application its address and port. */
export function AllocateDialog({ application: { id, nodePort }, onClose }: { application: ApplicationView; onClose: () => void }) {
  const { say } = useLanguage()
  const [ip, setIp] = useState('')
  const [port, setPort] = useState<number | null>(nodePort)
  const [note, setNote] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(nodes.call.allocate, onClose)
  const badIp = !Ip.safeParse(ip).success || !usableAddress(ip)
  const badPort = port === null || port < 1 || port > 65_535
  const submit = () => {
    setTried(true)
    if (!badIp && !badPort) run({ id, ip, port, note: note.trim() })
  }
  return (
    <Modal
      open
      title={say(words.allocate)}
      okText={say(words.allocate)}
      okButtonProps={{ loading: busy }}
      cancelText={say(common.cancel)}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Alert type="info" showIcon title={say(words.allocateWhat)} />
        <Field id="allocate-ip" label={say(words.ip)} hint={say(words.ipHint)} error={tried && badIp ? say(words.ipBad) : undefined}>
          {(control) => <Input {...control} className="mono" value={ip} maxLength={45} onChange={({ target }) => setIp(target.value.trim())} autoFocus />}
        </Field>
        <Field id="allocate-port" label={say(words.port)} error={tried && badPort ? say(words.portBad) : undefined}>
          {(control) => <InputNumber {...control} precision={0} value={port} onChange={setPort} style={{ width: '100%' }} />}
        </Field>
        <Field id="allocate-note" label={say(words.note)} optional>
          {(control) => <Input.TextArea {...control} rows={2} maxLength={500} value={note} onChange={({ target }) => setNote(target.value)} />}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
