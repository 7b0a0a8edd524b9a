import { Link } from '@tanstack/react-router'
import type { Binding, EntryHead } from '@zhenghe/server/data/catalog/contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatShort } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { entryWords as words } from '../../../texts/catalog.ts'

/** The real table behind a resource. */
export function BindingFacts({ entry, binding }: { entry: EntryHead; binding: Binding | null }) {
  const { say, language } = useLanguage()
  const may = useMayAt(entry.provider)
  if (!binding) {
    return (
      <p className="faint">
        {say(words.notBound)} {may('catalog.compile') && <Link to={`/catalog/${entry.id}/bind`}>{say(words.bindNow)}</Link>}
      </p>
    )
  }
  return (
    <KeyValue
      pairs={[
        { label: say(words.node), value: <Link to={`/exchange/nodes/${binding.node}`}>{binding.nodeName}</Link> },
        { label: say(words.table), value: <span className="mono">{`${binding.store} · ${binding.schema}.${binding.table}`}</span> },
        { label: say(words.rows), value: say(words.rowsOf, { rows: formatShort(binding.rows, language) }) },
        { label: say(words.boundAt), value: <Moment value={binding.boundAt} /> },
      ]}
    />
  )
}
