import { Link } from '@tanstack/react-router'
import type { TodoView } from '@zhenghe/server/kernel/desk/contract.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { deskWords as words } from '../../../texts/desk.ts'

type WaitingProps = { todos: readonly TodoView[] | undefined; error: unknown; retry: () => void }

/** My inbox, the nearest deadline first. */
export function Waiting({ todos, error, retry }: WaitingProps) {
  const { say } = useLanguage()
  return (
    <Section title={`${say(words.waiting)}${todos && todos.length > 0 ? `（${todos.length}）` : ''}`}>
      {error ? <Problem error={error} onRetry={retry} /> : !todos ? <Lines count={4} /> : <List todos={todos} />}
    </Section>
  )
}

function List({ todos }: { todos: readonly TodoView[] }) {
  const { say } = useLanguage()
  if (todos.length === 0) return <Empty title={say(words.nothingWaits)} next={say(words.nothingWaitsNext)} />
  return (
    <ul className="todo-list">
      {todos.map(({ id, title, link, clock, createdAt }) => (
        <li key={id}>
          <Link to={link} className="todo-title">
            {say(title)}
          </Link>
          <span className="row faint">
            <Moment value={createdAt} />
            {clock && <ClockChip clock={clock} />}
          </span>
        </li>
      ))}
    </ul>
  )
}
