import { useQuery } from '@tanstack/react-query'
import type { DeadLetter } from '@zhenghe/server/kernel/desk/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { App, Button, Checkbox } from 'antd'
import { useState } from 'react'
import { desk } from '../../../api/desk.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { operationsWords as words } from '../../../texts/operations.ts'
import './DeadLetters.css'

/** Work that failed for good: what it is about, why, since when, and the ways to try it again or give it up. */
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
    { key: 'summary', title: words.summary, render: ({ summary }) => <Summary summary={summary} /> },
    { key: 'error', title: words.error, render: (letter) => <span className="dead-error">{letter.error.split('\n')[0]}</span> },
    { key: 'attempts', title: words.attempts, align: 'end', render: ({ attempts }) => attempts },
    { key: 'since', title: words.since, render: ({ since }) => <Moment value={since} /> },
  ]
  const [discarding, setDiscarding] = useState(false)
  const {
    run: discard,
    busy,
    error: refused,
  } = useAct(desk.call.discard, ({ discarded }) => {
    setDiscarding(false)
    setChosen(new Set())
    void message.success(say(words.discarded, { discarded }))
  })
  const kinds = kindsOf((data ?? []).filter(({ id }) => chosen.has(id)))
  const [kind] = kinds.length === 1 ? kinds : []
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
            <>
              <ActButton type="primary" disabled={chosen.size === 0} act={() => desk.call.replay({ ids: [...chosen] })} after={replayed}>
                {say(words.replay, { count: chosen.size })}
              </ActButton>
              {kind && (
                <ActButton act={() => desk.call.replayKind({ task: kind.task, reader: kind.reader })} after={replayed}>
                  {say(words.replayKind, { count: data.filter((letter) => sameKind(letter, kind)).length })}
                </ActButton>
              )}
              <Button danger disabled={chosen.size === 0} onClick={() => setDiscarding(true)}>
                {say(words.discard, { count: chosen.size })}
              </Button>
            </>
          )
        }
      />
      {discarding && (
        <ReasonDialog
          title={say(words.discardTitle, { count: chosen.size })}
          consequence={say(words.discardWhat)}
          label={say(words.discardWhy)}
          least={2}
          action={say(words.discard, { count: chosen.size })}
          danger
          busy={busy}
          error={refused}
          onDo={(reason) => discard({ ids: [...chosen], reason })}
          onClose={() => setDiscarding(false)}
        />
      )}
    </Section>
  )
}

type Kind = Pick<DeadLetter, 'task' | 'reader'>
const sameKind = (one: Kind, other: Kind): boolean => one.task === other.task && one.reader === other.reader
const kindsOf = (letters: readonly Kind[]): Kind[] => letters.filter((letter, at) => letters.findIndex((one) => sameKind(one, letter)) === at)

function Summary({ summary }: Pick<DeadLetter, 'summary'>) {
  const fields = Object.entries(summary)
  if (fields.length === 0) return <span className="faint">—</span>
  return (
    <span className="dead-summary mono">
      {fields.map(([name, value]) => (
        <span key={name}>
          {name} {value}
        </span>
      ))}
    </span>
  )
}
