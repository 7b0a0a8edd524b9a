import type { DoubtedRow } from '@zhenghe/server/data/objections/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { objectionWords as words } from '../../../texts/objections.ts'

const COLUMNS: Column<DoubtedRow>[] = [
  { key: 'key', title: words.rowKey, lead: true, render: ({ key }) => <span className="mono">{key}</span> },
  { key: 'field', title: words.rowField, render: ({ field }) => field },
  { key: 'problem', title: words.rowProblem, render: ({ problem }) => problem },
]

/** The doubted values, as the unit that raised them wrote them. */
export function DoubtedRows({ rows }: { rows: readonly DoubtedRow[] }) {
  const { say } = useLanguage()
  return (
    <DataTable
      id="doubted-rows"
      label={say(words.rows)}
      columns={COLUMNS}
      rows={[...rows]}
      keyOf={({ key, field, problem }) => `${key} ${field} ${problem}`}
      empty={null}
    />
  )
}
