import { postScopes, sides } from '@zhenghe/server/assurance/organizations/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Select } from 'antd'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import type { PersonRow } from './PeopleTable.tsx'
import { usePosts } from './usePosts.ts'

type Values = { post: string; unit: string }

/** Appoints a person to a post in a unit; each post tells how far its rights reach. */
export function AppointDrawer({ open, person, onClose }: { open: boolean; person: PersonRow; onClose: () => void }) {
  const { say } = useLanguage()
  const { posts, nameOf } = usePosts()
  const appoint = useAct((values: Values) => organizations.call.appoint({ person: person.id, ...values }), onClose)
  const options = posts.map(({ code, scope, side }) => ({
    value: code,
    label: `${nameOf(code)}（${side === 'business' ? say(postScopes[scope]) : say(sides[side])}）`,
  }))
  return (
    <Drawer open={open} onClose={onClose} size={420} title={say(words.appointTo, { name: person.name })} destroyOnHidden>
      <SheetForm<Values>
        name={`appoint-${person.id}`}
        initial={{ unit: person.unit }}
        submit={say(words.appoint)}
        onSubmit={appoint.run}
        busy={appoint.busy}
        error={appoint.error}
      >
        <Form.Item name="post" label={say(words.post)} required rules={[{ required: true, message: say(common.choose, { field: say(words.post) }) }]}>
          <Select options={options} />
        </Form.Item>
        <Form.Item name="unit" label={say(words.appointUnit)} required rules={[{ required: true, message: say(common.choose, { field: say(common.unit) }) }]}>
          <UnitSelect />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
