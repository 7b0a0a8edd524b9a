import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { Radio } from 'antd'
import { modeHints, wishWords } from '../../../texts/requests.ts'

type ModeFieldProps = { id: string; value: DeliveryMode; onChange: (mode: DeliveryMode) => void; error?: string | undefined; incremental?: boolean }
const MODES = ['snapshot', 'incremental'] as const

/** The whole table or changes only, and what either means. */
export function ModeField({ id, value, onChange, error, incremental = true }: ModeFieldProps) {
  const { say } = useLanguage()
  return (
    <FieldGroup id={id} label={say(wishWords.mode)} hint={say(modeHints[value])} error={error} wide={false}>
      <Radio.Group
        value={value}
        options={MODES.map((mode) => ({ value: mode, label: say(deliveryModes[mode]), disabled: mode === 'incremental' && !incremental }))}
        onChange={({ target }) => onChange(target.value as DeliveryMode)}
      />
    </FieldGroup>
  )
}
