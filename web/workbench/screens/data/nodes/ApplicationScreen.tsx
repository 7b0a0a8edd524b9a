import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ApplicationStep, ApplicationView } from '@zhenghe/server/data/nodes/application.contract.ts'
import { applicationKinds, applicationSteps, areas } from '@zhenghe/server/data/nodes/application.texts.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag, type Tone } from '@zhenghe/ui/StateTag.tsx'
import { applicationStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { Alert, Button } from 'antd'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { applicationWords as words } from '../../../texts/applications.ts'
import { ApplicationActions } from './ApplicationActions.tsx'
import { placeOf } from './ApplicationsScreen.tsx'

const crumbsOf = (label: string) => [{ key: 'applications', link: <Link to="/exchange/nodes/applications">{label}</Link> }]

/** One application: what was asked for, what was allocated, and the next step of whoever must take it. */
export function ApplicationScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(nodes.query('application', { id }))
  return (
    <Loaded query={query} title={say(words.applications)} crumbs={crumbsOf(say(words.applications))}>
      {(application) => <ApplicationPage application={application} />}
    </Loaded>
  )
}

function ApplicationPage({ application }: { application: ApplicationView }) {
  const { say } = useLanguage()
  const { id, state, nodeIp, node } = application
  return (
    <Page
      title={application.nodeName}
      crumbs={crumbsOf(say(words.applications))}
      state={<StateTag look={applicationStates[state]} />}
      lead={`${application.number}　${application.unitName}`}
      action={<ApplicationActions application={application} />}
      aside={<Steps steps={application.steps} />}
    >
      {(state === 'rejected' || state === 'recovered') && <Ended application={application} />}
      {nodeIp && (
        <Section title={say(words.allocated)}>
          <KeyValue
            pairs={[
              { label: say(words.ip), value: <span className="mono">{placeOf(nodeIp, application.nodePort)}</span> },
              { label: say(words.signNode), value: node && <Link to={`/exchange/nodes/${node}`}>{say(words.seeNode)}</Link> },
            ]}
          />
        </Section>
      )}
      <Section title={say(words.facts)}>
        <Facts application={application} />
      </Section>
      <History subject={`nodes.application:${id}`} beside />
    </Page>
  )
}

function Facts({ application }: { application: ApplicationView }) {
  const { say } = useLanguage()
  return (
    <KeyValue
      pairs={[
        { label: say(words.kind), value: say(applicationKinds[application.kind]) },
        { label: say(words.area), value: say(areas[application.area]) },
        { label: say(words.system), value: application.system },
        { label: say(words.protection), value: say(words.protectionOf, { level: application.protection }) },
        { label: say(words.purpose), value: application.purpose, wide: true },
        { label: say(words.address), value: application.address },
        { label: say(words.port), value: application.nodePort },
        { label: say(words.contact), value: `${application.contact}　${application.phone}` },
      ]}
    />
  )
}

function Ended({ application: { id, unit, state, steps } }: { application: ApplicationView }) {
  const { say } = useLanguage()
  const own = useMayAt(unit)('nodes.apply')
  const { run, busy, done } = useAct(nodes.call.acknowledgeApplication)
  return (
    <Alert
      type="warning"
      showIcon
      title={say(words.ended, { state: applicationStates[state].text, reason: steps.at(-1)?.note })}
      action={
        own &&
        !done && (
          <Button loading={busy} onClick={() => run({ id })}>
            {say(words.acknowledge)}
          </Button>
        )
      }
    />
  )
}

const TONES: Partial<Record<ApplicationStep['act'], Tone>> = {
  applied: 'busy',
  approved: 'good',
  allocated: 'good',
  signed: 'good',
  rejected: 'bad',
  recovered: 'warn',
}

function Steps({ steps }: { steps: readonly ApplicationStep[] }) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.steps)}>
      <Timeline
        entries={steps.map(({ at, act, byName, note }) => ({
          ...{ key: `${at} ${act}`, at, title: say(applicationSteps[act]), who: byName, tone: TONES[act] ?? ('quiet' as const) },
          ...(note ? { note } : {}),
        }))}
      />
    </Section>
  )
}
