import { type Unit, UnitKind } from '@zhenghe/server/assurance/organizations/contract.ts'
import { unitKinds } from '@zhenghe/server/assurance/organizations/texts.ts'
import { isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Input, Select } from 'antd'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { DivisionSelect } from '../../../parts/DivisionSelect.tsx'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'

type Values = Pick<Unit, 'uscc' | 'name' | 'shortName' | 'kind' | 'division'> & { parent?: string | null }

/** Registers a unit, or changes the one given; the credit code never changes. */
export function UnitDrawer({ open, unit, onClose }: { open: boolean; unit: Unit | undefined; onClose: () => void }) {
  const { say } = useLanguage()
  const save = useAct(({ uscc, parent = null, ...rest }: Values) => {
    return unit ? organizations.call.changeUnit({ id: unit.id, parent, ...rest }) : organizations.call.registerUnit({ uscc, parent, ...rest })
  }, onClose)
  const required = (label: Text) => [{ required: true, message: say(common.required, { field: say(label) }) }]
  const kinds = UnitKind.options.map((value) => ({ value, label: say(unitKinds[value]) }))
  return (
    <Drawer open={open} onClose={onClose} size={460} title={say(unit ? words.changeUnit : words.registerUnit)} destroyOnHidden>
      <SheetForm<Values> name="unit" initial={unit ?? { kind: 'department' }} submit={say(common.save)} onSubmit={save.run} busy={save.busy} error={save.error}>
        {!unit && (
          <Form.Item name="uscc" label={say(words.uscc)} required rules={[{ validator: (_, value) => usccFits(value, say(words.usccWrong)) }]}>
            <Input maxLength={18} autoComplete="off" spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item name="name" label={say(common.name)} required rules={required(common.name)}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="shortName" label={say(words.shortName)} required rules={required(words.shortName)}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="kind" label={say(words.kind)} required rules={required(words.kind)}>
          <Select options={kinds} />
        </Form.Item>
        <Form.Item name="division" label={say(common.division)} required rules={required(common.division)}>
          <DivisionSelect />
        </Form.Item>
        <Form.Item name="parent" label={say(words.parent)}>
          <UnitSelect allowClear />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}

const usccFits = (value: string | undefined, wrong: string): Promise<void> => (isUscc(value ?? '') ? Promise.resolve() : Promise.reject(new Error(wrong)))
