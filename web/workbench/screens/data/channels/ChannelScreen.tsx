import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Channel, ChannelStep } from '@zhenghe/server/data/channels/channel.contract.ts'
import { channelSteps, oftens, ways } from '@zhenghe/server/data/channels/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { Count, Day } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag, type Tone } from '@zhenghe/ui/StateTag.tsx'
import { channelStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { channels } from '../../../api/channels.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { channelWords as words } from '../../../texts/channels.ts'
import { common } from '../../../texts/common.ts'
import { ChannelActions } from './ChannelActions.tsx'
import { Marks } from './ChannelsScreen.tsx'
import { MoveFacts } from './MoveFacts.tsx'
import { Suggestions } from './Suggestions.tsx'

const crumbsOf = (label: string) => [{ key: 'channels', link: <Link to="/channels">{label}</Link> }]

/** One channel: what it is, how far its move has come, what proves it, and the next step. */
export function ChannelScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(channels.query('channel', { id }))
  return (
    <Loaded query={query} title={say(words.channels)} crumbs={crumbsOf(say(words.channels))}>
      {(channel) => <ChannelPage channel={channel} />}
    </Loaded>
  )
}

const TONES: Partial<Record<ChannelStep['act'], Tone>> = { registered: 'busy', confirmed: 'good', closed: 'good', reopened: 'bad', retention_refused: 'bad' }

function ChannelPage({ channel }: { channel: Channel }) {
  const { say } = useLanguage()
  const { id, state, clock, steps, duplicates } = channel
  return (
    <Page
      title={channel.content}
      crumbs={crumbsOf(say(words.channels))}
      state={
        <>
          <StateTag look={channelStates[state]} />
          {clock && clock.tone !== 'ended' && <ClockChip clock={clock} />}
          {(channel.late || channel.stale || channel.outside) && <Marks channel={{ ...channel, alike: 0 }} />}
        </>
      }
      lead={`${channel.number}　${channel.providerName} → ${channel.consumerName}`}
      action={<ChannelActions channel={channel} />}
      aside={
        <Section title={say(words.history)}>
          <Timeline
            entries={steps.map(({ at, act, byName, note }, index) => ({
              ...{ key: `${at} ${index}`, at, title: say(channelSteps[act]), who: byName === 'system' ? '' : byName, tone: TONES[act] ?? 'quiet' },
              ...(note ? { note } : {}),
            }))}
          />
        </Section>
      }
    >
      <MoveFacts channel={channel} />
      <Facts channel={channel} />
      {duplicates.length > 0 && (
        <Section title={say(words.duplicates)}>
          <ul className="stack">
            {duplicates.map((one) => (
              <li key={one.id} className="row">
                <Link to={`/channels/${one.id}`}>{one.number}</Link>
                {say(ways[one.way])}
                <StateTag look={channelStates[one.state]} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {!channel.plan && state !== 'withdrawn' && <Suggestions text={channel.content} provider={channel.provider ?? undefined} />}
      <History subject={`channels.channel:${id}`} beside />
    </Page>
  )
}

function Facts({ channel: { facts, providerName, consumerName, confirmedOn } }: { channel: Channel }) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.facts)}>
      <KeyValue
        pairs={[
          { label: say(words.provider), value: providerName },
          { label: say(words.consumer), value: consumerName },
          { label: say(words.way), value: say(ways[facts.way]) },
          { label: say(words.often), value: say(oftens[facts.often]) },
          { label: say(words.sinceOn), value: <Day value={facts.sinceOn} /> },
          { label: say(words.confirmedOn), value: <Day value={confirmedOn} /> },
          { label: say(words.rowsMonth), value: <Count value={facts.rowsMonth} /> },
          { label: say(words.mbMonth), value: <Count value={facts.mbMonth} /> },
          { label: say(words.personal), value: say(facts.personal ? common.yes : common.no) },
          { label: say(words.system), value: facts.system },
          { label: say(words.basis), value: facts.basis, wide: true },
          { label: say(words.contact), value: `${facts.contact}　${facts.phone}` },
          { label: say(words.entry), value: facts.entry && <Link to={`/catalog/${facts.entry}`}>{say(words.entry)}</Link> },
          { label: say(words.note), value: facts.note, wide: true },
        ]}
      />
    </Section>
  )
}
