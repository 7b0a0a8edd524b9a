import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import type { Need, NeedStep } from '@zhenghe/server/data/demand/need.contract.ts'
import { feasibilities, needSteps, urgencies, wishedWays } from '@zhenghe/server/data/demand/texts.ts'
import { purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag, type Tone } from '@zhenghe/ui/StateTag.tsx'
import { needStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { demand } from '../../../api/demand.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { common } from '../../../texts/common.ts'
import { demandWords as words } from '../../../texts/demand.ts'
import { NeedActions } from './NeedActions.tsx'
import { NeedParts } from './NeedParts.tsx'

const crumbsOf = (label: string) => [{ key: 'demand', link: <Link to="/demand">{label}</Link> }]
const TONES: Partial<Record<NeedStep['act'], Tone>> = { asked: 'busy', returned: 'warn', objected: 'warn', refused: 'bad', delivered: 'good', closed: 'good' }

/** One need: what is needed and why, what the analysis found, who answers for what, and the next step. */
export function NeedScreen() {
  const { say } = useLanguage()
  const query = useQuery(demand.query('need', { id: useParam('id') }))
  return (
    <Loaded query={query} title={say(words.demand)} crumbs={crumbsOf(say(words.demand))}>
      {(need) => <NeedPage need={need} />}
    </Loaded>
  )
}

function NeedPage({ need }: { need: Need }) {
  const { say } = useLanguage()
  const { state, clock, steps, feedback } = need
  return (
    <Page
      title={need.title}
      crumbs={crumbsOf(say(words.demand))}
      state={
        <>
          <StateTag look={needStates[state]} />
          {clock && clock.tone !== 'ended' && <ClockChip clock={clock} />}
        </>
      }
      lead={`${need.number}　${need.askerName}`}
      action={<NeedActions need={need} />}
      aside={
        <Section title={say(words.history)}>
          <Timeline
            entries={steps.map(({ at, act, byName, note }, index) => ({
              ...{ key: `${at} ${index}`, at, title: say(needSteps[act]), who: byName === 'system' ? '' : byName, tone: TONES[act] ?? 'quiet' },
              ...(note ? { note } : {}),
            }))}
          />
        </Section>
      }
    >
      {feedback && (
        <Section title={say(words.feedback)}>
          <KeyValue
            pairs={[
              { label: say(words.score), value: say(words.scoreOf, { score: feedback.score }) },
              { label: say(words.solved), value: say(feedback.solved ? common.yes : common.no) },
              { label: say(words.feedbackWords), value: feedback.words, wide: true },
            ]}
          />
        </Section>
      )}
      <NeedParts need={need} />
      <ConclusionFacts need={need} />
      <WishFacts need={need} />
      <History subject={`demand.need:${need.id}`} beside />
    </Page>
  )
}

function ConclusionFacts({ need: { conclusion, parts } }: { need: Need }) {
  const { say } = useLanguage()
  if (!conclusion) return null
  const named = conclusion.items.map(({ providerName, item, entryName }) => `${providerName}：${item}${entryName ? `（${entryName}）` : ''}`)
  return (
    <Section title={say(words.conclusion)}>
      <KeyValue
        pairs={[
          { label: say(words.feasibility), value: say(feasibilities[conclusion.feasibility]) },
          { label: say(words.analyst), value: conclusion.byName },
          { label: say(words.words), value: conclusion.words, wide: true },
          ...(conclusion.basis ? [{ label: say(words.basis), value: conclusion.basis, wide: true }] : []),
          ...(parts.length === 0 && named.length > 0 ? [{ label: say(words.items), value: named.join('；'), wide: true }] : []),
        ]}
      />
    </Section>
  )
}

function WishFacts({ need: { wish, providerName } }: { need: Need }) {
  const { say, language } = useLanguage()
  return (
    <Section title={say(words.what).replace(/^.*[、.]\s*/, '')}>
      <KeyValue
        pairs={[
          { label: say(words.data), value: wish.data, wide: true },
          { label: say(words.fields), value: wish.fields.join(language === 'zh' ? '、' : ', '), wide: true },
          { label: say(words.basis), value: wish.basis, wide: true },
          { label: say(words.purpose), value: wish.purpose, wide: true },
          { label: say(words.purposeKind), value: say(purposeKinds[wish.purposeKind]) },
          { label: say(words.matter), value: wish.matter },
          { label: say(words.cycle), value: say(updateCycles[wish.cycle]) },
          { label: say(words.way), value: say(wishedWays[wish.way]) },
          { label: say(words.urgency), value: say(urgencies[wish.urgency]) },
          { label: say(words.provider), value: providerName },
          { label: say(words.contact), value: `${wish.contact}　${wish.phone}` },
        ]}
      />
    </Section>
  )
}
