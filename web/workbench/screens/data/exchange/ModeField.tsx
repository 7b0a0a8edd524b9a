import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { Radio } from 'antd'
import { modeHints, wishWords } from '../../../texts/requests.ts'

type ModeFieldProps = {
  id: string
  value: DeliveryMode
  onChange: (mode: DeliveryMode) => void
  error?: string | undefined
  incremental?: boolean
  capture?: boolean
}
const MODES = ['snapshot', 'incremental', 'capture'] as const

/** The whole table, changed rows now and then, or every change at once; and what each means. */
export function ModeField({ id, value, onChange, error, incremental = true, capture = true }: ModeFieldProps) {
  const { say } = useLanguage()
  const possible = { snapshot: true, incremental, capture }
  return (
    <FieldGroup id={id} label={say(wishWords.mode)} hint={say(modeHints[value])} error={error} wide={false}>
      <Radio.Group
        value={value}
        options={MODES.map((mode) => ({ value: mode, label: say(deliveryModes[mode]), disabled: !possible[mode] }))}
        onChange={({ target }) => onChange(target.value as DeliveryMode)}
      />
    </FieldGroup>
  )
}
