import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Duty, Unit, WorkingGroup } from '@zhenghe/server/assurance/organizations/contract.ts'
import { groupRoles, unitKinds } from '@zhenghe/server/assurance/organizations/texts.ts'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { organizations } from '../../../api/organizations.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { History } from '../../../parts/History.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { PeopleTable } from './PeopleTable.tsx'
import { PersonDrawer } from './PersonDrawer.tsx'
import { UnitDrawer } from './UnitDrawer.tsx'

/** One unit: what it is, who works there in which posts, its duties and groups, and its history. */
export function UnitScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const { data, error, refetch } = useQuery(organizations.query('unit', { id }))
  const crumbs = [{ key: 'units', link: <Link to="/organizations">{say(words.units)}</Link> }]
  const unit = data?.unit
  return (
    <Page
      title={unit?.name ?? say(words.units)}
      crumbs={crumbs}
      state={unit?.closedOn && <StateTag look={{ tone: 'quiet', text: words.closed }} />}
      action={unit && !unit.closedOn && <UnitActions unit={unit} />}
      aside={<History subject={`organizations.unit:${id}`} />}
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Lines count={6} />}
      {data && (
        <>
          <Basics unit={data.unit} divisionName={data.divisionName} />
          <Section title={say(words.people)}>
            <PeopleTable id="unit-people" people={data.people} total={data.people.length} />
          </Section>
          <Duties duties={data.duties} />
          <Groups groups={data.groups} unit={id} />
        </>
      )}
    </Page>
  )
}

function UnitActions({ unit }: { unit: Unit }) {
  const { say } = useLanguage()
  const may = useMay()
  const [open, setOpen] = useState<'unit' | 'person'>()
  if (!may('organizations.maintain')) return null
  const close = () => setOpen(undefined)
  return (
    <>
      <Button type="primary" onClick={() => setOpen('person')}>
        {say(words.addPerson)}
      </Button>
      <Button onClick={() => setOpen('unit')}>{say(words.changeUnit)}</Button>
      <ActButton
        danger
        act={() => organizations.call.closeUnit({ id: unit.id })}
        confirm={{ title: say(words.closeUnit), content: say(words.closeUnitAsk, { name: unit.name }), danger: true }}
      >
        {say(words.closeUnit)}
      </ActButton>
      <UnitDrawer open={open === 'unit'} unit={unit} onClose={close} />
      <PersonDrawer open={open === 'person'} unit={unit.id} person={undefined} onClose={close} />
    </>
  )
}

function Basics({ unit, divisionName }: { unit: Unit; divisionName: string }) {
  const { say } = useLanguage()
  const parent = useQuery({ ...organizations.query('unitsById', { ids: [unit.parent ?? ''] }), enabled: unit.parent !== null })
  return (
    <Section title={say(words.basics)}>
      <KeyValue
        columns={3}
        pairs={[
          { label: say(words.uscc), value: <span className="mono">{unit.uscc}</span> },
          { label: say(words.shortName), value: unit.shortName },
          { label: say(words.kind), value: say(unitKinds[unit.kind]) },
          { label: say(common.division), value: divisionName },
          { label: say(words.parent), value: unit.parent && <Link to={`/organizations/units/${unit.parent}`}>{parent.data?.[0]?.name}</Link> },
          ...(unit.closedOn ? [{ label: say(words.closedOn), value: <Day value={unit.closedOn} /> }] : []),
        ]}
      />
    </Section>
  )
}

function Duties({ duties }: { duties: readonly Duty[] }) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.duties)}>
      {duties.length === 0 && <p className="faint">{say(words.noDuties)}</p>}
      <KeyValue columns={1} pairs={duties.map(({ name, basis }) => ({ label: basis, value: name }))} />
    </Section>
  )
}

function Groups({ groups, unit }: { groups: readonly WorkingGroup[]; unit: string }) {
  const { say } = useLanguage()
  if (groups.length === 0) return null
  const role = ({ members }: WorkingGroup) => members.find((member) => member.unit === unit)?.role ?? 'member'
  return (
    <Section title={say(words.groups)}>
      <KeyValue columns={1} pairs={groups.map((group) => ({ label: say(groupRoles[role(group)]), value: `${group.name}　${group.purpose}` }))} />
    </Section>
  )
}
