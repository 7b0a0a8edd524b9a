import { addDays, later, OFFSET_HOURS } from '@zhenghe/server/kernel/time.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { z } from 'zod'
import { PersonSelect } from '../../../parts/PersonSelect.tsx'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { ledgerWords as words } from '../../../texts/ledger.ts'

const HOUR_MS = 3_600_000
const Day = z.iso.date().optional().catch(undefined)
const Part = z.string().max(120).optional().catch(undefined)

/** What the ledger is narrowed by; days in the city's time, both included. */
export const LedgerSearch = z.object({ from: Day, to: Day, actor: z.uuid().optional().catch(undefined), endpoint: Part, outcome: Part, subject: Part })
export type LedgerSearch = z.output<typeof LedgerSearch>

export const startOfDay = (day: string): string => later(`${day}T00:00:00.000Z`, -OFFSET_HOURS * HOUR_MS)
/** The last millisecond of a day. */
export const endOfDay = (day: string): string => later(startOfDay(addDays(day, 1)), -1)

type LedgerFiltersProps = { filter: LedgerSearch; change: (change: Partial<LedgerSearch>) => void; people: boolean }

export function LedgerFilters({ filter, change, people }: LedgerFiltersProps) {
  const { say } = useLanguage()
  const outcomes = [
    { value: 'done', label: say(words.done) },
    { value: 'refused', label: say(words.refused) },
  ]
  return (
    <>
      <DatePicker.RangePicker
        style={{ width: 240 }}
        aria-label={say(words.period)}
        allowEmpty={[true, true]}
        value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
        onChange={(days) => change({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
      />
      {people && (
        <PersonSelect
          allowClear
          style={{ width: 160 }}
          placeholder={say(words.actor)}
          aria-label={say(words.actor)}
          {...(filter.actor ? { value: filter.actor } : {})}
          onChange={(actor) => change({ actor })}
        />
      )}
      <Select
        allowClear
        style={{ width: 110 }}
        options={outcomes}
        placeholder={say(words.outcome)}
        aria-label={say(words.outcome)}
        value={filter.outcome ?? null}
        onChange={(outcome) => change({ outcome: outcome ?? undefined })}
      />
      <SearchBox width={190} label={say(words.searchAct)} value={filter.endpoint ?? ''} onSearch={(text) => change({ endpoint: text || undefined })} />
      <SearchBox width={150} label={say(words.searchSubject)} value={filter.subject ?? ''} onSearch={(text) => change({ subject: text || undefined })} />
    </>
  )
}
