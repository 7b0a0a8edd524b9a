import { useQuery } from '@tanstack/react-query'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { useMe } from '../../../session.ts'
import { deskWords as words } from '../../../texts/desk.ts'
import './Home.css'
import { desk } from '../../../api/desk.ts'
import { MyFigures } from './MyFigures.tsx'
import { MyRequests } from './MyRequests.tsx'
import { Notices } from './Notices.tsx'
import { Waiting } from './Waiting.tsx'

/** What waits for me, my requests, my figures, notices. Nothing else. */
export function HomeScreen() {
  const { say } = useLanguage()
  const me = useMe()
  const todos = useQuery(desk.query('todos', {}))
  return (
    <Page title={say(words.greeting, { name: me.person.name })} lead={`${me.unit.name}　${me.person.title}`}>
      <div className="home">
        <div className="stack">
          <Waiting todos={todos.data} error={todos.error} retry={() => void todos.refetch()} />
          <MyRequests />
        </div>
        <div className="stack">
          <MyFigures unit={me.unit.id} />
          <Notices me={me} />
        </div>
      </div>
    </Page>
  )
}
