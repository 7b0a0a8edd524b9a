import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button, Modal } from 'antd'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'

export type NewPassword = { title: Text; account: string; password: string }

/** A one-time password, shown this once; it stays until somebody closes it. */
export function OneTimePassword({ made, onClose }: { made: NewPassword | undefined; onClose: () => void }) {
  const { say } = useLanguage()
  return (
    <Modal
      open={made !== undefined}
      title={made && say(made.title)}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {say(common.close)}
        </Button>
      }
    >
      {made && (
        <div className="stack">
          <KeyValue
            columns={1}
            pairs={[
              { label: say(words.account), value: <span className="mono">{made.account}</span> },
              { label: say(words.oneTimePassword), value: <Copyable text={made.password} /> },
            ]}
          />
          <p className="faint">{say(words.oneTimeOnlyNow)}</p>
        </div>
      )}
    </Modal>
  )
}
