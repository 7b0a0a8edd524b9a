import type { Node } from '@zhenghe/server/data/nodes/contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatDuration } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { nodeWords as words } from '../../../texts/nodes.ts'
import './Nodes.css'

const SILENT_AFTER_MS = 120_000
/** Half of what the platform allows. */
const SKEW_WARNS_SECONDS = 150

/** When the node last spoke; silence of an active node is said as such. */
export function LastSeen({ node: { lastSeenAt, state } }: { node: Pick<Node, 'lastSeenAt' | 'state'> }) {
  const { say, language } = useLanguage()
  if (!lastSeenAt) return <span className="faint">{say(words.never)}</span>
  const silence = Date.now() - Date.parse(lastSeenAt)
  if (state === 'active' && silence > SILENT_AFTER_MS)
    return <span className="sign-warn">▲ {say(words.silent, { time: formatDuration(silence / 1000, language) })}</span>
  return <Moment value={lastSeenAt} precision="second" />
}

export function Skew({ seconds }: { seconds: number | null }) {
  const { say } = useLanguage()
  if (seconds === null) return <span className="faint">—</span>
  const shown = say(words.skewSeconds, { seconds: (Math.round(seconds * 10) / 10).toFixed(1) })
  return <span className={Math.abs(seconds) > SKEW_WARNS_SECONDS ? 'sign-warn number' : 'number'}>{shown}</span>
}

export function Reachable({ stores }: { stores: Node['stores'] }) {
  const { say } = useLanguage()
  if (stores.length === 0) return <span className="faint">—</span>
  const reachable = stores.filter((store) => store.reachable).length
  return <span className={reachable < stores.length ? 'sign-warn' : undefined}>{say(words.storesCount, { reachable, all: stores.length })}</span>
}
