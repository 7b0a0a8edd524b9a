/** Pure: an alarm's figure in the unit of its threshold. */
import type { AlarmKind, Threshold } from '@zhenghe/server/data/exchange/alarm.contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { formatCount } from '@zhenghe/ui/format.ts'
import { unitWords } from '../../../texts/monitor.ts'

const SMALL = 100
type Say = (text: Text, params?: Readonly<Record<string, unknown>>) => string

/** `4.2 天`, `1,203`: with one place where the figure is small. */
export function figureWords(kind: AlarmKind, figure: number, thresholds: readonly Pick<Threshold, 'kind' | 'unit'>[], say: Say): string {
  const unit = thresholds.find((one) => one.kind === kind)?.unit ?? 'rows'
  const n = unit !== 'rows' && Math.abs(figure) < SMALL ? String(Math.round(figure * 10) / 10) : formatCount(figure)
  return say(unitWords[unit], { n })
}
