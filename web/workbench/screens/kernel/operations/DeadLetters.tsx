import { useQuery } from '@tanstack/react-query'
import type { DeadLetter } from '@zhenghe/server/kernel/desk/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { App, Checkbox } from 'antd'
import { useState } from 'react'
import { desk } from '../../../api/desk.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { operationsWords as words } from '../../../texts/operations.ts'

/** Work that failed for good: why, since when, and the way to try it again. */
export function DeadLetters() {
  const { say } = useLanguage()
  const { message } = App.useApp()
  const { data, error, refetch } = useQuery(desk.query('deadLetters', {}))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const choose = (id: string, on: boolean) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((other) => other !== id)))
  const columns: Column<DeadLetter>[] = [
    {
      key: 'task',
      title: words.task,
      lead: true,
      render: ({ id, task }) => (
        <Checkbox checked={chosen.has(id)} onChange={({ target }) => choose(id, target.checked)}>
          <span className="mono">{task}</span>
        </Checkbox>
      ),
    },
    { key: 'event', title: words.event, render: ({ event }) => <span className="mono">{event ?? '—'}</span> },
    { key: 'reader', title: words.reader, render: ({ reader }) => <span className="mono">{reader ?? '—'}</span> },
    { key: 'error', title: words.error, render: (letter) => letter.error },
    { key: 'attempts', title: words.attempts, align: 'end', render: ({ attempts }) => attempts },
    { key: 'since', title: words.since, render: ({ since }) => <Moment value={since} /> },
  ]
  const replayed = ({ replayed: count }: { replayed: number }) => {
    setChosen(new Set())
    void message.success(say(words.replayed, { replayed: count }))
  }
  return (
    <Section title={say(words.deadLetters)}>
      <p className="faint">{say(words.deadLettersLead)}</p>
      <DataTable<DeadLetter>
        id="dead-letters"
        label={say(words.deadLetters)}
        columns={columns}
        rows={data}
        total={data?.length}
        keyOf={({ id }) => id}
        problem={error ? <Problem error={error} onRetry={() => void refetch()} /> : undefined}
        empty={<Empty title={say(words.none)} next={say(words.noneNext)} />}
        tools={
          data &&
          data.length > 0 && (
            <ActButton type="primary" disabled={chosen.size === 0} act={() => desk.call.replay({ ids: [...chosen] })} after={replayed}>
              {say(words.replay, { count: chosen.size })}
            </ActButton>
          )
        }
      />
    </Section>
  )
}
