import type { Person } from '@zhenghe/server/assurance/organizations/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Input } from 'antd'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'

type Values = Pick<Person, 'name' | 'unit' | 'title' | 'phone'>
type PersonDrawerProps = { open: boolean; unit: string | undefined; person: Person | undefined; onClose: () => void }

/** Adds a person to a unit, or changes the one given. */
export function PersonDrawer({ open, unit, person, onClose }: PersonDrawerProps) {
  const { say } = useLanguage()
  const save = useAct(
    ({ title = '', phone = '', ...rest }: Values) =>
      person ? organizations.call.changePerson({ id: person.id, title, phone, ...rest }) : organizations.call.addPerson({ title, phone, ...rest }),
    onClose,
  )
  return (
    <Drawer open={open} onClose={onClose} size={420} title={say(person ? words.changePerson : words.addPerson)} destroyOnHidden>
      <SheetForm<Values>
        name={person ? `person-${person.id}` : 'person'}
        initial={person ?? (unit ? { unit } : {})}
        submit={say(common.save)}
        onSubmit={save.run}
        busy={save.busy}
        error={save.error}
      >
        <Form.Item
          name="name"
          label={say(words.searchPeople)}
          required
          rules={[{ required: true, message: say(common.required, { field: say(words.searchPeople) }) }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="unit" label={say(common.unit)} required rules={[{ required: true, message: say(common.choose, { field: say(common.unit) }) }]}>
          <UnitSelect />
        </Form.Item>
        <Form.Item name="title" label={say(words.title)}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="phone" label={say(words.phone)}>
          <Input maxLength={30} inputMode="tel" />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
