import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Channel } from '@zhenghe/server/data/channels/channel.contract.ts'
import type { ClosingWish, PlanWish, RetentionWish } from '@zhenghe/server/data/channels/evidence.contract.ts'
import { type ChannelAct, channelAllows } from '@zhenghe/server/data/channels/rules.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { channels } from '../../../api/channels.ts'
import { desk } from '../../../api/desk.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import type { Answers, Question } from '../../../parts/form-model.ts'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { useMe } from '../../../session.ts'
import { channelWords as words } from '../../../texts/channels.ts'
import { CLOSING, DECISION, planQuestions, RECONFIRM, RETENTION } from './channel-questions.ts'

const NOTICES: ReadonlySet<string> = new Set(['channels.late', 'channels.reopened', 'channels.retention_refused', 'channels.retention_ended'])
type Dialog = 'plan' | 'close' | 'retention' | 'decide' | 'reconfirm' | 'withdraw'

/** What the reader can do with a channel now, by its state and their rights; the one step that moves it on is the primary one. */
export function ChannelActions({ channel }: { channel: Channel }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const asConsumer = useMayAt(channel.consumer)
  const asProvider = useMayAt(channel.provider ?? undefined)
  const [dialog, setDialog] = useState<Dialog>()
  const { id, state, evidence, retention } = channel
  const allows = (act: ChannelAct) => channelAllows(state, act)
  const own = asConsumer('channels.register')
  const party = own || asProvider('channels.register')
  const supervises = asConsumer('channels.supervise') || asProvider('channels.supervise')
  const waits = retention !== null && retention.approvedByName === null
  const button = (open: Dialog, text: { zh: string; en: string }, primary = false) => (
    <Button type={primary ? 'primary' : 'default'} onClick={() => setDialog(open)}>
      {say(text)}
    </Button>
  )
  return (
    <>
      {own && allows('withdraw') && button('withdraw', words.withdraw)}
      {own && allows('revise') && <Button onClick={() => void navigate({ to: `/channels/${id}/revise` })}>{say(words.revise)}</Button>}
      {own && allows('reconfirm') && button('reconfirm', words.reconfirm)}
      {own && allows('askRetention') && !waits && button('retention', words.askRetention)}
      {party && allows('plan') && state !== 'confirmed' && button('plan', words.replan)}
      {(supervises || asProvider('channels.register')) && allows('confirm') && (
        <ActButton type="primary" act={() => channels.call.confirm({ id })} confirm={{ title: say(words.confirm), content: say(words.confirmWhat) }}>
          {say(words.confirm)}
        </ActButton>
      )}
      {supervises && waits && button('decide', words.decide, true)}
      {party && state === 'confirmed' && button('plan', words.plan, true)}
      {party && allows('begin') && (
        <ActButton type="primary" act={() => channels.call.begin({ id })}>
          {say(words.begin)}
        </ActButton>
      )}
      {party && allows('runParallel') && (
        <ActButton type="primary" disabled={!evidence?.holds} act={() => channels.call.runParallel({ id })}>
          {say(words.runParallel)}
        </ActButton>
      )}
      {party && allows('close') && button('close', words.close, true)}
      {own && <Acknowledge id={id} />}
      {dialog && <ChannelDialog dialog={dialog} channel={channel} onClose={() => setDialog(undefined)} />}
    </>
  )
}

/** Takes note of what the platform told about the channel, where something of it still waits. */
function Acknowledge({ id }: { id: string }) {
  const { say } = useLanguage()
  const { data: todos } = useQuery(desk.query('todos', {}))
  if (!todos?.some(({ subject, kind }) => subject === id && NOTICES.has(kind))) return null
  return <ActButton act={() => channels.call.acknowledge({ id })}>{say(words.acknowledge)}</ActButton>
}

type Asked = {
  title: Text
  consequence?: Text
  danger?: true
  questions: readonly Question[]
  initial?: Answers
  act: (answers: Answers) => Promise<unknown>
}
const WITHDRAW: readonly Question[] = [{ name: 'reason', label: words.reason, kind: 'area', wide: true, least: 4, most: 500 }]
const given = <T,>(answers: Answers): T => answers as unknown as T

/** What each dialogue asks, and what is done with the answers. */
function askedBy(dialog: Dialog, { id, facts, plan, provider }: Channel, name: string): Asked {
  const { call } = channels
  const dialogs: Record<Dialog, Asked> = {
    plan: {
      ...{ title: plan ? words.replan : words.plan, questions: planQuestions(provider), initial: plan ?? { responsible: 'consumer' } },
      act: (answers) => call.plan({ id, ...given<PlanWish>(answers) }),
    },
    close: {
      ...{ title: words.close, consequence: words.closeWhat, questions: CLOSING, initial: { on: dayOf(systemNow()), by: name } },
      act: (answers) => call.close({ id, ...given<ClosingWish>(answers) }),
    },
    retention: { title: words.askRetention, questions: RETENTION, act: (answers) => call.askRetention({ id, ...given<RetentionWish>(answers) }) },
    decide: {
      ...{ title: words.decide, questions: DECISION },
      act: (answers) => call.decideRetention({ id, ...given<{ approve: boolean; note?: string }>(answers) }),
    },
    reconfirm: {
      ...{ title: words.reconfirm, questions: RECONFIRM, initial: { rowsMonth: facts.rowsMonth, mbMonth: facts.mbMonth } },
      act: (answers) => call.reconfirm({ id, ...answers }),
    },
    withdraw: {
      ...{ title: words.withdraw, consequence: words.withdrawWhat, danger: true, questions: WITHDRAW },
      act: (answers) => call.withdraw({ id, reason: String(answers['reason']) }),
    },
  }
  return dialogs[dialog]
}

function ChannelDialog({ dialog, channel, onClose }: { dialog: Dialog; channel: Channel; onClose: () => void }) {
  const me = useMe()
  const asked = askedBy(dialog, channel, me.person.name)
  return <QuestionsDialog {...asked} action={asked.title} onClose={onClose} />
}
