import type { LedgerLine } from '@zhenghe/server/kernel/desk/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { z } from 'zod'
import { desk } from '../../../api/desk.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { ActorName } from '../../../parts/ActorName.tsx'
import { useMay } from '../../../session.ts'
import { actOf } from '../../../texts/acts.ts'
import { common } from '../../../texts/common.ts'
import { ledgerWords as words } from '../../../texts/ledger.ts'
import { endOfDay, LedgerFilters, LedgerSearch, startOfDay } from './LedgerFilters.tsx'
import { LineDrawer } from './LineDrawer.tsx'
import { lookOf, SubjectLinks } from './line.tsx'
import { WholeVerification } from './WholeVerification.tsx'

const Search = LedgerSearch.extend({
  line: z
    .string()
    .regex(/^\d+\.\d+$/)
    .optional()
    .catch(undefined),
})
const keyOf = ({ chain, seq }: Pick<LedgerLine, 'chain' | 'seq'>) => `${chain}.${seq}`

/** Everything that was done, newest first; a line opens with its proof. Auditors see all, others their own. */
export function LedgerScreen() {
  const { say } = useLanguage()
  const may = useMay()
  const all = may('kernel.read_ledger')
  const [{ line, ...filter }, setSearch] = useSearchState(Search)
  const { error, retry, ...pages } = usePages(filter, (after) =>
    desk.query('ledger', {
      after,
      from: filter.from && startOfDay(filter.from),
      to: filter.to && endOfDay(filter.to),
      actor: filter.actor,
      endpoint: filter.endpoint,
      outcome: filter.outcome,
      subject: filter.subject,
    }),
  )
  const columns: Column<LedgerLine>[] = [
    { key: 'act', title: words.act, lead: true, render: ({ endpoint }) => say(actOf(endpoint)) },
    { key: 'at', title: common.time, render: ({ at }) => <Moment value={at} precision="second" /> },
    { key: 'actor', title: words.actor, render: ({ actorName }) => <ActorName name={actorName} /> },
    { key: 'outcome', title: words.outcome, render: ({ outcome }) => <StateTag look={lookOf(outcome)} /> },
    { key: 'subjects', title: words.subjects, render: ({ subjects }) => <SubjectLinks subjects={subjects} /> },
    { key: 'place', title: words.place, align: 'end', render: ({ chain, seq }) => <span className="mono">{`${chain}–${seq}`}</span> },
    { key: 'address', title: words.address, extra: true, render: ({ endpoint }) => <span className="mono">{endpoint}</span> },
  ]
  return (
    <Page title={say(words.ledger)} lead={say(all ? words.lead : words.ownLead)}>
      {may('kernel.verify_ledger') && <WholeVerification />}
      <DataTable<LedgerLine>
        id="ledger"
        label={say(words.ledger)}
        columns={columns}
        keyOf={keyOf}
        {...pages}
        current={line}
        onOpen={(row) => setSearch({ line: keyOf(row) })}
        problem={error ? <Problem error={error} onRetry={retry} /> : undefined}
        empty={<Empty title={say(words.noLines)} next={say(words.noLinesNext)} />}
        tools={<LedgerFilters filter={filter} change={setSearch} people={all} />}
      />
      <LineDrawer place={line} onClose={() => setSearch({ line: undefined })} />
    </Page>
  )
}
