import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { NameDialog } from '../../../parts/NameDialog.tsx'
import { ShownOnce } from '../../../parts/ShownOnce.tsx'
import { nodeWords as words } from '../../../texts/nodes.ts'
import './Nodes.css'

/** Prepares a node, then shows once the token with the command that uses it. */
export function EnrolDialog({ unit, onClose }: { unit: string; onClose: () => void }) {
  const { say } = useLanguage()
  const [token, setToken] = useState<string>()
  const { run, busy, error } = useAct(nodesApi.call.enrol, (out) => setToken(out.token))
  if (token) return <Token token={token} onClose={onClose} />
  return (
    <NameDialog
      id="node-name"
      title={say(words.enrol)}
      label={say(words.name)}
      hint={say(words.nameHint)}
      busy={busy}
      error={error}
      onDo={(name) => run({ unit, name })}
      onClose={onClose}
    />
  )
}

/** The one-time token of a node, shown once with the command that uses it. */
export function Token({ token, onClose }: { token: string; onClose: () => void }) {
  const { say } = useLanguage()
  const command = `ZHENGHE_NODE_TOKEN=${token} zhenghe-node --config node.json`
  return (
    <ShownOnce title={say(words.tokenTitle)} warning={say(words.tokenOnce)} done={say(words.copied)} onClose={onClose}>
      <div>
        <p className="faint">{say(words.command)}</p>
        <div className="command">
          <Copyable text={command} />
        </div>
      </div>
      <p>{say(words.tokenConfig, { platform: window.location.origin })}</p>
      <p>{say(words.tokenThen)}</p>
    </ShownOnce>
  )
}
