import { useQuery } from '@tanstack/react-query'
import type { ApplicationView } from '@zhenghe/server/data/nodes/application.contract.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { applicationWords as words } from '../../../texts/applications.ts'
import { common } from '../../../texts/common.ts'
import { Token } from './EnrolDialog.tsx'

/** Signs for what was allocated: with a new node, whose token is shown once, or with one that stands. */
export function SignDialog({ application: { id, unit }, onClose }: { application: ApplicationView; onClose: () => void }) {
  const { say } = useLanguage()
  const [existing, setExisting] = useState(false)
  const [node, setNode] = useState<string>()
  const [tried, setTried] = useState(false)
  const [token, setToken] = useState<string>()
  const { data } = useQuery(nodes.query('nodes', { unit }))
  const { run, busy, error } = useAct(nodes.call.signFor, (out) => (out.token ? setToken(out.token) : onClose()))
  const missing = existing && !node
  const submit = () => {
    setTried(true)
    if (!missing) run({ id, ...(existing && node ? { node } : {}) })
  }
  if (token) return <Token token={token} onClose={onClose} />
  return (
    <Modal
      open
      title={say(words.sign)}
      okText={say(words.sign)}
      okButtonProps={{ loading: busy }}
      cancelText={say(common.cancel)}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Alert type="info" showIcon title={say(words.signWhat)} />
        <FieldGroup id="sign-how" label={say(words.signNode)}>
          <Radio.Group
            value={existing}
            options={[
              { value: false, label: say(words.signNew) },
              { value: true, label: say(words.signExisting) },
            ]}
            onChange={({ target }) => setExisting(target.value as boolean)}
          />
        </FieldGroup>
        {existing && (
          <Field id="sign-node" label={say(words.signExisting)} error={tried && missing ? say(common.choose, { field: say(words.signNode) }) : undefined}>
            {(control) => (
              <Select
                {...control}
                value={node ?? null}
                options={(data ?? []).filter(({ state }) => state !== 'revoked').map((one) => ({ value: one.id, label: one.name }))}
                onChange={(value) => setNode(value ?? undefined)}
              />
            )}
          </Field>
        )}
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
