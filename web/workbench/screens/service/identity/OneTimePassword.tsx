import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ShownOnce } from '../../../parts/ShownOnce.tsx'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'

export type NewPassword = { title: Text; account: string; password: string }

/** A one-time password, shown this once; it stays until somebody closes it. */
export function OneTimePassword({ made, onClose }: { made: NewPassword | undefined; onClose: () => void }) {
  const { say } = useLanguage()
  if (!made) return null
  return (
    <ShownOnce title={say(made.title)} warning={say(words.oneTimeOnlyNow)} done={say(common.close)} onClose={onClose}>
      <KeyValue
        columns={1}
        pairs={[
          { label: say(words.account), value: <span className="mono">{made.account}</span> },
          { label: say(words.oneTimePassword), value: <Copyable text={made.password} /> },
        ]}
      />
    </ShownOnce>
  )
}
