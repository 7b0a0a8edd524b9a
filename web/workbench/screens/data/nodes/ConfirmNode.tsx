import type { Node } from '@zhenghe/server/data/nodes/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { nodes as nodesApi } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'
import './Nodes.css'

const DIGITS = 32

/** The fingerprint as the node's operator reads it out, typed by whoever confirms; this page never shows the one it expects. */
export function ConfirmNode({ node }: { node: Pick<Node, 'id'> }) {
  const { say } = useLanguage()
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(nodesApi.call.confirm)
  const digits = typed.toLowerCase().replace(/[^0-9a-f]/g, '')
  const incomplete = digits.length !== DIGITS
  const submit = () => {
    setTried(true)
    if (!incomplete) run({ id: node.id, fingerprint: typed })
  }
  return (
    <Section title={say(words.confirmTitle)}>
      <div className="stack">
        <p>{say(words.confirmLead)}</p>
        <Field
          id="fingerprint"
          label={say(words.typed)}
          hint={say(words.typedHint)}
          error={tried && incomplete ? say(words.incomplete, { count: digits.length }) : undefined}
        >
          {(control) => (
            <Input
              {...control}
              className="fingerprint"
              value={typed}
              maxLength={60}
              spellCheck={false}
              autoComplete="off"
              placeholder="0000-0000-0000-0000-0000-0000-0000-0000"
              onChange={({ target }) => setTyped(target.value)}
              onPressEnter={submit}
            />
          )}
        </Field>
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="primary" loading={busy} onClick={submit}>
            {say(words.confirm)}
          </Button>
        </div>
      </div>
    </Section>
  )
}
