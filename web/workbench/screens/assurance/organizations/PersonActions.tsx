import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { organizations } from '../../../api/organizations.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { useMay, useMe } from '../../../session.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { AppointDrawer } from './AppointDrawer.tsx'
import type { PersonRow } from './PeopleTable.tsx'
import { PersonDrawer } from './PersonDrawer.tsx'

/** Change and departure for the system administrator, appointment for the security administrator; nobody appoints themselves. */
export function PersonActions({ person }: { person: PersonRow }) {
  const { say } = useLanguage()
  const may = useMay()
  const me = useMe()
  const [open, setOpen] = useState<'change' | 'appoint'>()
  const close = () => setOpen(undefined)
  return (
    <span className="row-acts">
      {may('organizations.appoint') && person.id !== me.person.id && (
        <Button type="link" size="small" onClick={() => setOpen('appoint')}>
          {say(words.appoint)}
        </Button>
      )}
      {may('organizations.maintain') && (
        <>
          <Button type="link" size="small" onClick={() => setOpen('change')}>
            {say(words.changePerson)}
          </Button>
          <ActButton
            type="link"
            size="small"
            act={() => organizations.call.personLeaves({ id: person.id })}
            confirm={{ title: say(words.personLeaves), content: say(words.personLeavesAsk, { name: person.name }), danger: true }}
          >
            {say(words.personLeaves)}
          </ActButton>
        </>
      )}
      <AppointDrawer open={open === 'appoint'} person={person} onClose={close} />
      <PersonDrawer open={open === 'change'} unit={person.unit} person={person} onClose={close} />
    </span>
  )
}
