import { ExperimentOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ApiView, VersionView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { apiKinds } from '@zhenghe/server/data/gateway/texts.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { breakerStates, versionStates } from '@zhenghe/ui/states.ts'
import { Alert, Button, Segmented } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { gateway } from '../../../api/gateway.ts'
import { useParam, useSearchState } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { useMay, useMe } from '../../../session.ts'
import { credentialWords, gatewayWords as words } from '../../../texts/gateway.ts'
import { ApplyDialog } from './ApplyDialog.tsx'
import { Credential } from './Credential.tsx'
import './Gateway.css'
import { OperationDoc } from './OperationDoc.tsx'
import { UsageTable } from './UsageTable.tsx'
import { VersionActions } from './VersionActions.tsx'

const Address = z.object({ v: z.coerce.number().int().optional().catch(undefined) })
const REFRESH_MS = 10_000

/** One interface: how it is doing, what it answers, how it is called, who calls it. */
export function ApiScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...gateway.query('apiById', { id }), refetchInterval: REFRESH_MS })
  return (
    <Loaded query={query} title={say(words.apis)}>
      {(api) => <ApiPage api={api} />}
    </Loaded>
  )
}

function ApiPage({ api }: { api: ApiView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { unit } = useMe()
  const applies = useMay()('gateway.apply') && unit.id !== api.provider
  const publishes = useMayAt(api.provider)('gateway.publish')
  const [{ v }, set] = useSearchState(Address)
  const [applying, setApplying] = useState(false)
  const version = api.versions.find(({ n }) => n === v) ?? api.versions.find(({ state }) => state !== 'draft') ?? api.versions[0]!
  const live = version.state === 'published' || version.state === 'deprecated'
  return (
    <Page
      title={api.name}
      lead={`${api.providerName} · ${say(apiKinds[api.kind])}`}
      crumbs={[{ key: 'apis', link: <Link to="/interfaces">{say(words.apis)}</Link> }]}
      state={<StateTag look={versionStates[version.state]} />}
      action={
        <>
          {live && (
            <Button icon={<ExperimentOutlined />} onClick={() => void navigate({ to: `/interfaces/${api.id}/try`, search: { v: version.n } as never })}>
              {say(words.tryOut)}
            </Button>
          )}
          {publishes && <VersionActions api={api} version={version} />}
          {applies && version.state === 'published' && (
            <Button type="primary" onClick={() => setApplying(true)}>
              {say(words.apply)}
            </Button>
          )}
        </>
      }
    >
      {api.versions.length > 1 && (
        <Segmented
          aria-label={say(words.version)}
          value={version.n}
          onChange={(next) => set({ v: Number(next) })}
          options={api.versions.map(({ n, state }) => ({ value: n, label: `v${n} ${say(versionStates[state].text)}` }))}
        />
      )}
      {version.deprecation && <Alert type="warning" showIcon title={version.deprecation} />}
      {version.withdrawal && <Alert type="error" showIcon title={version.withdrawal} />}
      <Section>
        <VersionFacts api={api} version={version} />
      </Section>
      {version.definition.documentation && (
        <Section title={say(words.documentation)}>
          <p className="pre-line">{version.definition.documentation}</p>
        </Section>
      )}
      <Section title={say(words.operations)}>
        {version.definition.operations.map((operation) => (
          <OperationDoc key={operation.name} api={api} n={version.n} operation={operation} />
        ))}
      </Section>
      <Section title={say(words.docTitle)}>
        <p>{say(words.doc)}</p>
      </Section>
      <Section title={say(words.statistics)}>
        <UsageTable api={api.id} />
      </Section>
      {applying && <ApplyDialog api={api} n={version.n} onClose={() => setApplying(false)} />}
    </Page>
  )
}

function VersionFacts({ api, version }: { api: ApiView; version: VersionView }) {
  const { say } = useLanguage()
  const { breaker, definition, n } = version
  const publishes = useMayAt(api.provider)('gateway.publish')
  const openapi = useQuery({ ...gateway.query('document', { id: api.id, n }), enabled: false })
  const download = async () => {
    const { data } = await openapi.refetch()
    if (!data) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }))
    link.download = `${api.code}-v${n}.openapi.json`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  const node = api.node && say(api.node.connected ? words.nodeConnected : words.nodeAway, { name: api.node.name })
  return (
    <KeyValue
      pairs={[
        { label: say(words.address), value: <Copyable text={`${window.location.origin}/gateway/${api.code}/v${n}`} />, wide: true },
        {
          label: say(words.breaker),
          value: (
            <span className="row">
              <StateTag look={breakerStates[breaker.state]} />
              {breaker.retryAt && <Moment value={breaker.retryAt} precision="second" />}
            </span>
          ),
        },
        { label: say(words.rate), value: <span className="number">{definition.ratePerSecond}</span> },
        {
          label: say(words.backend),
          value: api.node ? <span className={api.node.connected ? undefined : 'sign-warn'}>{node}</span> : (api.upstream?.name ?? '—'),
        },
        ...(publishes && api.upstream ? [{ label: say(credentialWords.label), value: <Credential upstream={api.upstream} /> }] : []),
        {
          label: say(words.openapi),
          value: (
            <Button size="small" loading={openapi.isFetching} onClick={() => void download()}>
              OpenAPI 3.1
            </Button>
          ),
        },
        ...(api.node ? [{ label: say(words.verdictKey), value: <Copyable text={api.node.sign} />, wide: true }] : []),
      ]}
    />
  )
}
