import { useQuery } from '@tanstack/react-query'
import type { WorkingGroup } from '@zhenghe/server/assurance/organizations/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { organizations } from '../../../api/organizations.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { useMay } from '../../../session.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { GroupDrawer } from './GroupDrawer.tsx'
import './Organizations.css'
import { useUnitNames } from './useUnitNames.ts'

/** Working groups across units: what for, who leads, who takes part. */
export function GroupsScreen() {
  const { say } = useLanguage()
  const forms = useMay()('organizations.assign_duties')
  const [open, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(organizations.query('groups', {}))
  const { linkTo } = useUnitNames((data ?? []).flatMap(({ members }) => members.map(({ unit }) => unit)))
  const units = (role: 'lead' | 'member') => (group: WorkingGroup) => (
    <span className="row">{group.members.filter((member) => member.role === role).map(({ unit }) => linkTo(unit))}</span>
  )
  const columns: Column<WorkingGroup>[] = [
    { key: 'name', title: words.groupName, lead: true, render: ({ name }) => name },
    { key: 'purpose', title: words.groupPurpose, render: ({ purpose }) => purpose },
    { key: 'lead', title: words.groupLead, render: units('lead') },
    { key: 'members', title: words.groupMembers, render: units('member') },
    ...(forms ? [{ key: 'acts', title: { zh: '操作', en: 'Actions' }, render: (group: WorkingGroup) => <Dissolve group={group} /> }] : []),
  ]
  const form = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {say(words.formGroup)}
    </Button>
  )
  return (
    <Page title={say(words.groups)} action={forms && form}>
      <DataTable<WorkingGroup>
        id="groups"
        label={say(words.groups)}
        columns={columns}
        rows={data}
        total={data?.length}
        keyOf={({ id }) => id}
        problem={error ? <Problem error={error} onRetry={() => void refetch()} /> : undefined}
        empty={<Empty title={say(words.noGroups)} next={say(words.noGroupsNext)} />}
      />
      <GroupDrawer open={open} onClose={() => setOpen(false)} />
    </Page>
  )
}

function Dissolve({ group: { id, name } }: { group: WorkingGroup }) {
  const { say } = useLanguage()
  return (
    <ActButton
      type="link"
      size="small"
      act={() => organizations.call.dissolveGroup({ id })}
      confirm={{ title: say(words.dissolve), content: say(words.dissolveAsk, { name }) }}
    >
      {say(words.dissolve)}
    </ActButton>
  )
}
