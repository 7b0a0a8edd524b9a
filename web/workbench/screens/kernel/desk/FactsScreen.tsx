import { useQuery } from '@tanstack/react-query'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Segmented } from 'antd'
import { z } from 'zod'
import { desk } from '../../../api/desk.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { useMay, useMe } from '../../../session.ts'
import { deskWords as words } from '../../../texts/desk.ts'
import './Home.css'
import { FactBoard } from './FactBoard.tsx'

const Search = z.object({ of: z.enum(['unit', 'all']).default('unit').catch('unit') })

/** Every figure the platform can prove, of one's own unit or, to whom it is open, of all. */
export function FactsScreen() {
  const { say } = useLanguage()
  const { unit } = useMe()
  const seesAll = useMay()('kernel.read_facts')
  const [{ of }, setSearch] = useSearchState(Search)
  const scope = seesAll && of === 'all' ? undefined : unit.id
  const { data, error, refetch } = useQuery(desk.query('facts', { unit: scope }))
  const options = [
    { value: 'unit' as const, label: say(words.ownUnit) },
    { value: 'all' as const, label: say(words.allUnits) },
  ]
  return (
    <Page
      title={say(words.facts)}
      lead={say(words.factsLead)}
      action={seesAll && <Segmented options={options} value={of} onChange={(value) => setSearch({ of: value })} />}
    >
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data ? <FactBoard facts={data} unit={scope} /> : !error && <Lines count={5} />}
    </Page>
  )
}
