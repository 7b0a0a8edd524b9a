import type { ReconciliationReport } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { reconciliationWords as words } from '../../../texts/deliveries.ts'

type Level = { level: string; what: Text; result: string }
type Say = ReturnType<typeof useLanguage>['say']
const COLUMNS = (say: Say): Column<Level>[] => [
  { key: 'level', title: words.level, lead: true, render: ({ level }) => <strong>{level}</strong> },
  { key: 'what', title: words.what, render: ({ what }) => say(what) },
  { key: 'result', title: words.result, render: ({ result }) => result },
]

/** The five levels of a reconciliation, from counting to the single row. */
export function Levels({ report }: { report: ReconciliationReport }) {
  const { say } = useLanguage()
  return <DataTable id="levels" label={say(words.levels)} columns={COLUMNS(say)} rows={levelsOf(report, say)} keyOf={({ level }) => level} empty={null} />
}

function levelsOf({ balance, sourceRows, targetRows, missing, extra, differing, state }: ReconciliationReport, say: Say): Level[] {
  const known = sourceRows !== null && targetRows !== null
  const found = (missing ?? 0) + (extra ?? 0) + (differing ?? 0)
  const counts = { missing: figure(missing), extra: figure(extra), differing: figure(differing) }
  const delivered = (good: boolean | undefined) => say(good === undefined ? words.noDelivery : good ? words.balanced : words.unbalanced)
  const opened = !known ? say(words.pending) : found === 0 ? say(words.notNeeded) : say(words.differ, counts)
  const mended = !known ? say(words.pending) : found === 0 ? say(words.notNeeded) : say(state === 'mended' ? words.mendedAll : words.toMend)
  return [
    { level: 'L0', what: words.l0, result: delivered(balance?.agrees) },
    { level: 'L1', what: words.l1, result: delivered(balance ? balance.digestSender === balance.digestReceiver : undefined) },
    { level: 'L2', what: words.l2, result: known ? say(words.rowsBoth, { source: figure(sourceRows), target: figure(targetRows) }) : say(words.pending) },
    { level: 'L3', what: words.l3, result: opened },
    { level: 'L4', what: words.l4, result: mended },
  ]
}

const figure = (value: number | null): string => (value ?? 0).toLocaleString('en-US')
