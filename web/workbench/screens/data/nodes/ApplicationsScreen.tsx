import { PlusOutlined } from '@ant-design/icons'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ApplicationHead, ApplicationKind, ApplicationState, Area } from '@zhenghe/server/data/nodes/application.contract.ts'
import { applicationKinds, areas } from '@zhenghe/server/data/nodes/application.texts.ts'
import type { Page as Rows } from '@zhenghe/server/kernel/contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { applicationStates } from '@zhenghe/ui/states.ts'
import { Button, Input, Select } from 'antd'
import { z } from 'zod'
import { nodes } from '../../../api/nodes.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { useSearchText } from '../../../hooks/useSearchText.ts'
import { bracketed } from '../../../parts/wording.ts'
import { useMay } from '../../../session.ts'
import { applicationWords as words } from '../../../texts/applications.ts'
import { common } from '../../../texts/common.ts'

const Address = z.object({ state: manyOf(ApplicationState), kind: ApplicationKind.optional().catch(undefined), area: Area.optional().catch(undefined) })

type Filters = z.output<typeof Address>
type Asked = Parameters<typeof nodes.call.applications>[0]

function pageOf(asked: Asked) {
  return queryOptions<Rows<ApplicationHead>>({ queryKey: ['nodes', 'applications', asked], queryFn: () => nodes.call.applications(asked) })
}

/** Applications for front-end machines, narrowed by state, kind, area and text, with how many there are of each. */
export function ApplicationsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const applies = useMay()('nodes.apply')
  const [filters, set] = useSearchState(Address)
  const { state, kind, area } = filters
  const { text, settled, setText } = useSearchText()
  const asked: Asked = { ...(state.length > 0 ? { state } : {}), ...(kind ? { kind } : {}), ...(area ? { area } : {}), ...(settled ? { text: settled } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => pageOf({ ...asked, ...(after ? { after } : {}) }))
  const narrowed = Object.keys(asked).length > 0
  const apply = applies && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/exchange/nodes/apply' })}>
      {say(words.apply)}
    </Button>
  )
  return (
    <Page title={say(words.applications)} lead={say(words.lead)} action={apply}>
      <DataTable
        id="applications"
        label={say(words.applications)}
        columns={useColumns()}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/exchange/nodes/applications/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(narrowed ? common.nothingFound : words.empty)} next={say(narrowed ? common.nothingFoundNext : words.emptyNext)} />}
        tools={
          <div className="row">
            <Input.Search
              allowClear
              value={text}
              placeholder={say(words.find)}
              aria-label={say(words.find)}
              onChange={({ target }) => setText(target.value)}
              style={{ width: 240 }}
            />
            <Facets filters={filters} set={set} asked={asked} />
          </div>
        }
      />
    </Page>
  )
}

/** What the list can be narrowed by, each with its count. */
function Facets({ filters: { state, kind, area }, set, asked }: { filters: Filters; set: (change: Partial<Filters>) => void; asked: Asked }) {
  const { say, language } = useLanguage()
  const { data } = useQuery(nodes.query('applications', { ...asked, limit: 1 }))
  const counted = <V extends string>(values: readonly V[], textOf: (value: V) => Text, counts: Record<V, number> | undefined) =>
    values.map((value) => ({ value, label: bracketed(say(textOf(value)), counts?.[value], language) }))
  return (
    <>
      <Select
        mode="multiple"
        value={state}
        onChange={(value) => set({ state: value })}
        options={counted(ApplicationState.options, (one) => applicationStates[one].text, data?.facets.state)}
        placeholder={say(common.state)}
        aria-label={say(common.state)}
        style={{ minWidth: 150 }}
        allowClear
      />
      <Select
        value={kind ?? null}
        onChange={(value) => set({ kind: value ?? undefined })}
        options={counted(ApplicationKind.options, (one) => applicationKinds[one], data?.facets.kind)}
        placeholder={say(words.kind)}
        aria-label={say(words.kind)}
        style={{ minWidth: 130 }}
        allowClear
      />
      <Select
        value={area ?? null}
        onChange={(value) => set({ area: value ?? undefined })}
        options={counted(Area.options, (one) => areas[one], data?.facets.area)}
        placeholder={say(words.area)}
        aria-label={say(words.area)}
        style={{ minWidth: 170 }}
        allowClear
      />
    </>
  )
}

function useColumns(): Column<ApplicationHead>[] {
  const { say } = useLanguage()
  return [
    { key: 'name', title: words.nodeName, lead: true, render: ({ nodeName }) => nodeName },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={applicationStates[state]} /> },
    { key: 'unit', title: words.unit, render: ({ unitName }) => unitName },
    { key: 'kind', title: words.kind, render: ({ kind }) => say(applicationKinds[kind]) },
    { key: 'area', title: words.area, render: ({ area }) => say(areas[area]) },
    {
      key: 'ip',
      title: words.ip,
      render: ({ nodeIp, nodePort }) => (nodeIp ? <span className="mono">{placeOf(nodeIp, nodePort)}</span> : <span className="faint">—</span>),
    },
    { key: 'protection', title: words.protection, extra: true, render: ({ protection }) => say(words.protectionOf, { level: protection }) },
    { key: 'contact', title: words.contact, extra: true, render: ({ contact, phone }) => `${contact}　${phone}` },
    { key: 'appliedAt', title: words.appliedAt, render: ({ appliedAt }) => <Moment value={appliedAt} /> },
    { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
  ]
}

/** `10.8.0.1:7400`, `[2001:db8::1]:7400`. */
export const placeOf = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)
