import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { desk } from '../../../api/desk.ts'
import { common } from '../../../texts/common.ts'
import { deskWords as words } from '../../../texts/desk.ts'
import { FactBoard } from './FactBoard.tsx'

const SHOWN = 4

export function MyFigures({ unit }: { unit: string }) {
  const { say } = useLanguage()
  const { data, error, refetch } = useQuery(desk.query('facts', { unit }))
  return (
    <Section title={say(words.myFigures)} extra={<Link to="/facts">{say(common.more)}</Link>}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data ? <FactBoard facts={data.slice(0, SHOWN)} unit={unit} /> : !error && <Lines />}
    </Section>
  )
}
