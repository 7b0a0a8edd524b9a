import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { PushView, PushWish } from '@zhenghe/server/data/exchange/push.contract.ts'
import { spanFits } from '@zhenghe/server/data/exchange/push.rules.ts'
import { scheduleProblem } from '@zhenghe/server/data/exchange/schedule.rules.ts'
import { MomentField } from '@zhenghe/ui/DayField.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { common } from '../../../texts/common.ts'
import { pushWords as words } from '../../../texts/pushes.ts'
import { ModeField } from './ModeField.tsx'
import { ScheduleField } from './ScheduleField.tsx'
import { subscriptionOf } from './subscription-of.ts'

const CITY_OFFSET = '+08:00'
const OFFSET_MS = 8 * 3_600_000
/** As the control for dates and times writes it, in the city's time. */
const toLocal = (moment: string | null): string => (moment ? new Date(Date.parse(moment) + OFFSET_MS).toISOString().slice(0, 16) : '')
const fromLocal = (text: string): string | undefined => (text ? new Date(`${text}:00${CITY_OFFSET}`).toISOString() : undefined)

/** Drafting a push task for a subscription. */
export function NewPushScreen() {
  const { say } = useLanguage()
  const subscription = useParam('id')
  const query = useQuery({ queryKey: ['exchange', 'subscription', subscription], queryFn: () => subscriptionOf(subscription) })
  const grant = useQuery({ ...exchange.query('grantById', { id: query.data?.grant ?? '' }), enabled: query.data !== undefined })
  return (
    <Loaded query={grant} title={say(words.make)}>
      {({ entryName, cursor }) => (
        <PushForm
          title={say(words.newTitle, { name: entryName })}
          incremental={cursor !== null}
          first={{ name: '', mode: 'snapshot', schedule: { kind: 'cron', line: '0 2 * * *' } }}
          save={(wish) => exchange.call.draftPush({ ...wish, subscription })}
        />
      )}
    </Loaded>
  )
}

/** Changing a push task that is not live. */
export function EditPushScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...exchange.query('pushById', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(words.edit)}>
      {(push) => (
        <PushForm
          title={say(words.newTitle, { name: push.name })}
          incremental={push.incrementField !== null}
          first={{ name: push.name, mode: push.mode, schedule: push.schedule, beginsAt: push.beginsAt, endsAt: push.endsAt ?? undefined }}
          save={(wish) => exchange.call.changePush({ ...wish, id })}
        />
      )}
    </Loaded>
  )
}

type PushFormProps = { title: string; incremental: boolean; first: PushWish; save: (wish: PushWish) => Promise<PushView> }

function PushForm({ title, incremental, first, save }: PushFormProps) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [{ name, mode, schedule }, setWish] = useState(first)
  const [begins, setBegins] = useState(toLocal(first.beginsAt ?? null))
  const [ends, setEnds] = useState(toLocal(first.endsAt ?? null))
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(save, ({ id }) => void navigate({ to: `/exchange/pushes/${id}` }))
  const once = schedule.kind === 'once'
  const wish: PushWish = { name: name.trim(), mode, schedule, beginsAt: fromLocal(begins), endsAt: once ? undefined : fromLocal(ends) }
  const short = wish.name.length < 2
  const badSpan = !spanFits(wish, new Date().toISOString())
  const submit = () => {
    setTried(true)
    if (!short && !badSpan && !scheduleProblem(schedule)) run(wish)
  }
  return (
    <Page title={title} lead={say(words.formLead)} crumbs={[{ key: 'pushes', link: <Link to="/exchange/pushes">{say(words.pushes)}</Link> }]}>
      <Section>
        <div className="fields">
          <Field
            id="push-name"
            label={say(words.name)}
            hint={say(words.nameHint)}
            error={tried && short ? say(common.required, { field: say(words.name) }) : undefined}
            wide
          >
            {(control) => <Input {...control} maxLength={80} value={name} onChange={({ target }) => setWish({ name: target.value, mode, schedule })} />}
          </Field>
          <ModeField id="push-mode" value={mode} onChange={(next) => setWish({ name, mode: next, schedule })} incremental={incremental} capture={false} />
          <ScheduleField id="push-schedule" label={say(words.schedule)} value={schedule} onChange={(next) => setWish({ name, mode, schedule: next })} />
          <Field id="push-begins" label={say(words.beginsAt)} hint={say(words.beginsHint)} optional>
            {(control) => <MomentField {...control} value={begins} onChange={setBegins} />}
          </Field>
          {!once && (
            <Field id="push-ends" label={say(words.endsAt)} hint={say(words.endsHint)} error={tried && badSpan ? say(words.badSpan) : undefined} optional>
              {(control) => <MomentField {...control} value={ends} onChange={setEnds} />}
            </Field>
          )}
        </div>
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.save)}
        </Button>
      </div>
    </Page>
  )
}
