import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Channel } from '@zhenghe/server/data/channels/channel.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { channels } from '../../../api/channels.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { type Answers, errorsOf, type Question } from '../../../parts/form-model.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { Questions } from '../../../parts/Questions.tsx'
import { useMe } from '../../../session.ts'
import { channelWords as words } from '../../../texts/channels.ts'
import { common } from '../../../texts/common.ts'
import { factsOf, HOW, WHO, WHY } from './channel-questions.ts'
import { Suggestions } from './Suggestions.tsx'

const PARTS = [
  [words.who, WHO],
  [words.how, HOW],
  [words.why, WHY],
] as const
const ALL: readonly Question[] = PARTS.flatMap(([, questions]) => questions)
const ID = 'channel'

export function NewChannelScreen() {
  const me = useMe()
  return <ChannelForm initial={{ contact: me.person.name }} title={words.register} act={(answers) => channels.call.register(factsOf(answers))} />
}

export function ReviseChannelScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...channels.query('channel', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(words.channels)}>
      {({ facts }) => <ChannelForm initial={facts} title={words.revise} act={(answers) => channels.call.revise({ id, facts: factsOf(answers) })} />}
    </Loaded>
  )
}

type ChannelFormProps = { initial: Answers; title: { zh: string; en: string }; act: (answers: Answers) => Promise<Channel> }

function ChannelForm({ initial, title, act }: ChannelFormProps) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [answers, setAnswers] = useState(initial)
  const [strict, setStrict] = useState(false)
  const { run, busy, error } = useAct(act, ({ id }) => void navigate({ to: `/channels/${id}` }))
  const errors = errorsOf(ALL, answers, language, ID)
  const submit = () => {
    setStrict(true)
    if (errors.length === 0) run(answers)
    else window.scrollTo({ top: 0 })
  }
  const text = String(answers['content'] ?? '').trim()
  return (
    <Page
      title={say(title)}
      crumbs={[{ key: 'channels', link: <Link to="/channels">{say(words.channels)}</Link> }]}
      aside={text.length >= 2 && <Suggestions text={text} provider={(answers['provider'] as string | undefined) || undefined} />}
    >
      <ErrorSummary errors={strict ? errors : []} />
      {PARTS.map(([heading, questions]) => (
        <Section key={heading.en} title={say(heading)}>
          <Questions id={ID} questions={questions} answers={answers} change={setAnswers} strict={strict} />
        </Section>
      ))}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(common.save)}
        </Button>
      </div>
    </Page>
  )
}
