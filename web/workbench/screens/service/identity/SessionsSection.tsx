import { useQuery } from '@tanstack/react-query'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import type { Session } from '@zhenghe/server/service/identity/contract.ts'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { App, Button } from 'antd'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { accountWords as words } from '../../../texts/account.ts'
import { deviceOf } from './device.ts'

const FACTORS: Record<Session['factor'], Text> = { password: words.byPassword, totp: words.byTotp, passkey: words.byPasskey }

/** Where one is signed in; any of it can be ended. */
export function SessionsSection() {
  const { say } = useLanguage()
  const { message } = App.useApp()
  const { data, error } = useQuery(identity.query('sessions', {}))
  const others = useAct(
    () => identity.call.endOtherSessions({}),
    ({ ended }) => void message.success(say(words.endedOthers, { ended })),
  )
  return (
    <Section title={say(words.sessions)}>
      {error && <Problem error={error} />}
      {!data && !error && <Lines />}
      <ul className="account-items">
        {data?.map((session) => (
          <SessionLine key={session.id} session={session} />
        ))}
      </ul>
      {data && data.length > 1 && (
        <div className="row">
          <Button loading={others.busy} onClick={() => others.run(undefined)}>
            {say(words.endOthers)}
          </Button>
        </div>
      )}
    </Section>
  )
}

function SessionLine({ session: { id, agent, address, seenAt, current, factor } }: { session: Session }) {
  const { language, say } = useLanguage()
  const end = useAct(() => identity.call.endSession({ id }))
  return (
    <li>
      <div>
        <p title={agent}>
          {deviceOf(agent)} <span className="faint">{address}</span>
        </p>
        <p className="faint">
          {say(FACTORS[factor])}　{say(words.sessionSeen, { at: formatMoment(seenAt, language) })}
        </p>
      </div>
      {current ? (
        <StateTag look={{ tone: 'good', text: words.thisSession }} />
      ) : (
        <Button loading={end.busy} onClick={() => end.run(undefined)}>
          {say(words.endSession)}
        </Button>
      )}
    </li>
  )
}
