import './DataTable.css'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** Grey lines in place of text that is on its way. */
export function Lines({ count = 3 }: { count?: number }) {
  const { say } = useLanguage()
  return (
    <div role="status">
      <span className="sr-only">{say(words.loading)}</span>
      {Array.from({ length: count }, (_, line) => (
        <div key={`line ${line + 1}`} className="skeleton" style={{ width: `${95 - ((line * 23) % 45)}%` }} />
      ))}
    </div>
  )
}
