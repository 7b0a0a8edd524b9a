import type { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { type Difference, differences } from '@zhenghe/server/data/catalog/difference.rules.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { bracketed } from '../../../parts/wording.ts'
import { checkWords as words } from '../../../texts/catalog.ts'
import './Compile.css'
import { pathWords, valueWords } from './difference-words.ts'

/** What a version changes against the published one, in the order of the form. */
export function Differences({ published, now }: { published: Content | undefined; now: Content }) {
  const { say, language } = useLanguage()
  if (!published) return <p className="faint">{say(words.firstVersion)}</p>
  const found = differences(published, now)
  if (found.length === 0) return <p className="faint">{say(words.noDifferences)}</p>
  const whole: Partial<Record<Difference['kind'], Text>> = { added: words.added, removed: words.removed }
  const columns: Column<Difference>[] = [
    {
      key: 'what',
      title: words.element,
      lead: true,
      render: ({ path, kind }) => bracketed(pathWords(path, [published, now], language), whole[kind] && say(whole[kind]), language),
    },
    {
      key: 'before',
      title: words.before,
      render: (one) =>
        one.kind === 'added' ? <span className="faint">—</span> : <span className="difference-before">{valueWords(one, one.before, language)}</span>,
    },
    {
      key: 'after',
      title: words.after,
      render: (one) =>
        one.kind === 'removed' ? <span className="faint">—</span> : <span className="difference-after">{valueWords(one, one.after, language)}</span>,
    },
  ]
  return (
    <div className="differences">
      <DataTable id="catalog-differences" label={say(words.differences)} columns={columns} rows={found} keyOf={({ path }) => path} empty={null} />
    </div>
  )
}
