import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { OFFSET_HOURS, systemNow } from '@zhenghe/server/kernel/time.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { App, Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { z } from 'zod'
import { desk } from '../../../api/desk.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { deskWords as words } from '../../../texts/desk.ts'
import './Calendar.css'

type DayRow = { day: string; kind: 'holiday' | 'workday'; note: string }
const HOUR_MS = 3_600_000
const thisYear = () => new Date(systemNow().getTime() + OFFSET_HOURS * HOUR_MS).getUTCFullYear()
const Search = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })

/** The yearly notice of days off and make-up days, from which every legal deadline is counted. */
export function CalendarScreen() {
  const { say } = useLanguage()
  const [{ year = thisYear() }, setSearch] = useSearchState(Search)
  const { data, error, refetch } = useQuery(desk.query('calendar', { year }))
  const choice = <InputNumber aria-label={say(words.year)} min={2000} max={2100} value={year} onChange={(next) => next && setSearch({ year: next })} />
  return (
    <Page title={say(words.calendar)} lead={say(words.calendarLead)} action={choice}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      <Section>{data ? <DaysForm key={year} year={year} days={data} /> : !error && <Lines count={5} />}</Section>
    </Page>
  )
}

function DaysForm({ year, days }: { year: number; days: readonly DayRow[] }) {
  const { say } = useLanguage()
  const { message } = App.useApp()
  const save = useAct(
    (input: { days: DayRow[] }) => desk.call.setCalendar({ year, days: input.days }),
    ({ moved }) => void message.success(say(words.calendarSaved, { moved })),
  )
  const kinds = [
    { value: 'holiday', label: say(words.holiday) },
    { value: 'workday', label: say(words.workday) },
  ]
  return (
    <Form<{ days: DayRow[] }> name="calendar" initialValues={{ days }} onFinish={save.run}>
      <Form.List name="days">
        {(fields, { add, remove }) => (
          <div className="stack">
            {fields.length === 0 && (
              <p>
                {say(words.noCalendar, { year })}　<span className="faint">{say(words.noCalendarNext)}</span>
              </p>
            )}
            <ul className="calendar-days">
              {fields.map(({ key, name }) => (
                <li key={key}>
                  <Form.Item name={[name, 'day']} noStyle getValueProps={toPicker} normalize={fromPicker}>
                    <DatePicker aria-label={say(words.day)} allowClear={false} minDate={dayjs(`${year}-01-01`)} maxDate={dayjs(`${year}-12-31`)} />
                  </Form.Item>
                  <Form.Item name={[name, 'kind']} noStyle>
                    <Select aria-label={say(words.day)} options={kinds} />
                  </Form.Item>
                  <Form.Item name={[name, 'note']} noStyle>
                    <Input aria-label={say(words.note)} placeholder={say(words.note)} maxLength={60} />
                  </Form.Item>
                  <Button type="text" onClick={() => remove(name)}>
                    {say(words.removeDay)}
                  </Button>
                </li>
              ))}
            </ul>
            {save.error && <Problem error={save.error} />}
            <div className="row">
              <Button type="primary" htmlType="submit" loading={save.busy}>
                {say(words.saveCalendar)}
              </Button>
              <Button icon={<PlusOutlined />} onClick={() => add({ day: `${year}-01-01`, kind: 'holiday', note: '' })}>
                {say(words.addDay)}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
    </Form>
  )
}

const toPicker = (day: string) => ({ value: dayjs(day) })
const fromPicker = (value: dayjs.Dayjs) => value.format('YYYY-MM-DD')
