import { CloseOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { Duty } from '@zhenghe/server/assurance/organizations/contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Button, Drawer, Form, Input } from 'antd'
import { useState } from 'react'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import './Organizations.css'
import { useUnitNames } from './useUnitNames.ts'

type Row = Duty & { units: string[] }

/** Which unit has which duty, and by which document. */
export function DutiesScreen() {
  const { say } = useLanguage()
  const assigns = useMay()('organizations.assign_duties')
  const [open, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(organizations.query('duties', {}))
  const columns: Column<Row>[] = [
    { key: 'name', title: words.dutyName, lead: true, render: ({ name }) => name },
    { key: 'code', title: words.dutyCode, render: ({ code }) => <span className="mono">{code}</span> },
    { key: 'basis', title: words.dutyBasis, render: ({ basis }) => basis },
    { key: 'units', title: words.dutyUnits, render: (duty) => <DutyUnits duty={duty} /> },
  ]
  const assign = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {say(words.assignDuty)}
    </Button>
  )
  return (
    <Page title={say(words.duties)} action={assigns && assign}>
      <DataTable<Row>
        id="duties"
        label={say(words.duties)}
        columns={columns}
        rows={data}
        total={data?.length}
        keyOf={({ code }) => code}
        problem={error ? <Problem error={error} onRetry={() => void refetch()} /> : undefined}
        empty={<Empty title={say(words.noDuties)} next={say(words.noDutiesNext)} />}
      />
      <AssignDrawer open={open} onClose={() => setOpen(false)} />
    </Page>
  )
}

function DutyUnits({ duty: { code, name, units } }: { duty: Row }) {
  const { say } = useLanguage()
  const assigns = useMay()('organizations.assign_duties')
  const { nameOf, linkTo } = useUnitNames(units)
  return (
    <span className="post-list">
      {units.map((unit) => (
        <span key={unit} className="post-tag">
          {linkTo(unit)}
          {assigns && (
            <ActButton
              type="text"
              size="small"
              icon={<CloseOutlined style={{ fontSize: 10 }} />}
              label={say(words.relieve)}
              act={() => organizations.call.relieveDuty({ code, unit })}
              confirm={{ title: say(words.relieve), content: say(words.relieveAsk, { unit: nameOf(unit), duty: name }) }}
            />
          )}
        </span>
      ))}
    </span>
  )
}

function AssignDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { say } = useLanguage()
  const assign = useAct((input: Duty & { unit: string }) => organizations.call.assignDuty(input), onClose)
  const required = (label: Text) => [{ required: true, message: say(common.required, { field: say(label) }) }]
  return (
    <Drawer open={open} onClose={onClose} size={440} title={say(words.assignDuty)} destroyOnHidden>
      <SheetForm<Duty & { unit: string }> name="duty" submit={say(words.assignDuty)} onSubmit={assign.run} busy={assign.busy} error={assign.error}>
        <Form.Item name="code" label={say(words.dutyCode)} required rules={required(words.dutyCode)}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="name" label={say(words.dutyName)} required rules={required(words.dutyName)}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="basis" label={say(words.dutyBasis)} required rules={required(words.dutyBasis)}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="unit" label={say(common.unit)} required rules={required(common.unit)}>
          <UnitSelect />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
