import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Input } from 'antd'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { UnitsSelect } from '../../../parts/UnitsSelect.tsx'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'

type Values = { name: string; purpose?: string; lead: string; members?: string[] }

/** Forms a working group: one unit leads, others take part. */
export function GroupDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { say } = useLanguage()
  const form = useAct(
    ({ name, purpose = '', lead, members = [] }: Values) =>
      organizations.call.formGroup({
        name,
        purpose,
        members: [{ unit: lead, role: 'lead' }, ...members.filter((unit) => unit !== lead).map((unit) => ({ unit, role: 'member' as const }))],
      }),
    onClose,
  )
  return (
    <Drawer open={open} onClose={onClose} size={440} title={say(words.formGroup)} destroyOnHidden>
      <SheetForm<Values> name="group" submit={say(words.formGroup)} onSubmit={form.run} busy={form.busy} error={form.error}>
        <Form.Item
          name="name"
          label={say(words.groupName)}
          required
          rules={[{ required: true, message: say(common.required, { field: say(words.groupName) }) }]}
        >
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="purpose" label={say(words.groupPurpose)}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="lead" label={say(words.groupLead)} required rules={[{ required: true, message: say(common.choose, { field: say(words.groupLead) }) }]}>
          <UnitSelect />
        </Form.Item>
        <Form.Item name="members" label={say(words.groupMembers)}>
          <UnitsSelect />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
