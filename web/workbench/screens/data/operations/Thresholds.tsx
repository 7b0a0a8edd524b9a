import type { Threshold } from '@zhenghe/server/data/exchange/alarm.contract.ts'
import { alarmKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { Drawer, InputNumber } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { monitorWords as words } from '../../../texts/monitor.ts'
import { figureWords } from './figure-words.ts'

const DRAWER_WIDTH = 640
/** As the list of kinds has them: nodes first; the milder level first. */
const ORDER = Object.keys(alarmKinds)
const inOrder = (a: Threshold, b: Threshold): number => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.level.localeCompare(a.level)
const LESS_IS_WORSE = new Set(['disk_low', 'grant_expiring'])

/** From when on something is an alarm: one number for each kind and level. */
export function Thresholds({ thresholds, onClose }: { thresholds: readonly Threshold[]; onClose: () => void }) {
  const { say } = useLanguage()
  const narrow = useNarrow()
  return (
    <Drawer open title={say(words.thresholds)} onClose={onClose} size={narrow ? '100%' : DRAWER_WIDTH}>
      <div className="stack">
        <p className="faint">{say(words.thresholdsLead)}</p>
        <ul className="monitor-list">
          {thresholds.toSorted(inOrder).map((one) => (
            <Row key={`${one.kind} ${one.level}`} threshold={one} thresholds={thresholds} />
          ))}
        </ul>
      </div>
    </Drawer>
  )
}

function Row({ threshold: { kind, level, value }, thresholds }: { threshold: Threshold; thresholds: readonly Threshold[] }) {
  const { say } = useLanguage()
  const [wanted, setWanted] = useState(value)
  const label = `${say(alarmKinds[kind])}　${say(words[level])}`
  return (
    <li>
      <span>
        {label}
        <span className="monitor-unit faint number">
          {say(LESS_IS_WORSE.has(kind) ? words.below : words.from)} {figureWords(kind, value, thresholds, say)}
        </span>
      </span>
      <span className="row">
        <InputNumber min={0} value={wanted} aria-label={label} onChange={(next) => setWanted(next ?? value)} />
        <ActButton size="small" disabled={wanted === value} act={() => exchange.call.setThreshold({ kind, level, value: wanted })}>
          {say(words.change)}
        </ActButton>
      </span>
    </li>
  )
}
