import type { Reconciliation } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import { differences } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { reconciliationWords as words } from '../../../texts/deliveries.ts'

type Difference = Reconciliation['sample'][number]

/** The first hundred rows that differ, by their keys. @param headed the page says above what they are */
export function Differences({ rows, headed = false }: { rows: readonly Difference[]; headed?: boolean }) {
  const { say } = useLanguage()
  const columns: Column<Difference>[] = [
    { key: 'key', title: words.key, lead: true, render: ({ key }) => <span className="mono">{key}</span> },
    { key: 'kind', title: words.kind, render: ({ kind }) => say(differences[kind]) },
  ]
  return (
    <div>
      {!headed && <p className="faint">{say(words.sample)}</p>}
      <DataTable id="reconciliation-sample" label={say(words.sample)} columns={columns} rows={rows} keyOf={({ key, kind }) => `${kind} ${key}`} empty={null} />
    </div>
  )
}
