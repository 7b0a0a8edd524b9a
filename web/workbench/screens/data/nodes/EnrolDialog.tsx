import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { common } from '../../../texts/common.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'
import './Nodes.css'

const SHORTEST_NAME = 2

/** Prepares a node, then shows once the token with the command that uses it. */
export function EnrolDialog({ unit, onClose }: { unit: string; onClose: () => void }) {
  const { say } = useLanguage()
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const [token, setToken] = useState<string>()
  const { run, busy, error } = useAct(nodesApi.call.enrol, (out) => setToken(out.token))
  const short = name.trim().length < SHORTEST_NAME
  const submit = () => {
    setTried(true)
    if (!short) run({ unit, name: name.trim() })
  }
  if (token) return <Token token={token} onClose={onClose} />
  return (
    <Modal
      open
      title={say(words.enrol)}
      okText={say(words.enrol)}
      okButtonProps={{ loading: busy }}
      cancelText={say(common.cancel)}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Field
          id="node-name"
          label={say(words.name)}
          hint={say(words.nameHint)}
          error={tried && short ? say(common.required, { field: say(words.name) }) : undefined}
        >
          {(control) => <Input {...control} value={name} maxLength={60} onChange={({ target }) => setName(target.value)} onPressEnter={submit} autoFocus />}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}

/** The one-time token of a node, shown once with the command that uses it. */
export function Token({ token, onClose }: { token: string; onClose: () => void }) {
  const { say } = useLanguage()
  const command = `ZHENGHE_TOKEN=${token} zhenghe-node node.json`
  return (
    <Modal
      open
      width={640}
      title={say(words.tokenTitle)}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {say(words.copied)}
        </Button>
      }
    >
      <div className="stack">
        <Alert type="warning" showIcon title={say(words.tokenOnce)} />
        <div>
          <p className="faint">{say(words.command)}</p>
          <div className="command">
            <Copyable text={command} />
          </div>
        </div>
        <p>{say(words.tokenConfig, { platform: window.location.origin })}</p>
        <p>{say(words.tokenThen)}</p>
      </div>
    </Modal>
  )
}
