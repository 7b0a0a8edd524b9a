import './DataTable.css'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

const WIDTHS = ['95%', '72%', '83%', '60%', '88%', '67%']

/** Grey lines in place of text that is on its way; at most six. */
export function Lines({ count = 3 }: { count?: number }) {
  const { say } = useLanguage()
  return (
    <div role="status">
      <span className="sr-only">{say(words.loading)}</span>
      {WIDTHS.slice(0, count).map((width) => (
        <div key={width} className="skeleton" style={{ width }} />
      ))}
    </div>
  )
}
