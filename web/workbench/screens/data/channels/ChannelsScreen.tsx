import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ChannelHead, ChannelState, Way } from '@zhenghe/server/data/channels/channel.contract.ts'
import { oftens, ways } from '@zhenghe/server/data/channels/texts.ts'
import type { Page } from '@zhenghe/server/kernel/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Day } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page as Screen } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { channelStates } from '@zhenghe/ui/states.ts'
import { Button, Checkbox, Segmented, Select, Tag } from 'antd'
import { z } from 'zod'
import { channels } from '../../../api/channels.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { bracketed } from '../../../parts/wording.ts'
import { useMay } from '../../../session.ts'
import { channelWords as words } from '../../../texts/channels.ts'
import { common } from '../../../texts/common.ts'

const Side = z.enum(['mine', 'given', 'all'])
const Address = z.object({
  side: Side.optional().catch(undefined),
  state: manyOf(ChannelState),
  way: manyOf(Way),
  text: z.string().optional().catch(undefined),
  attention: z.boolean().optional().catch(undefined),
})

const COLUMNS: Column<ChannelHead>[] = [
  { key: 'content', title: words.content, lead: true, render: ({ content }) => content },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={channelStates[state]} /> },
  { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
  { key: 'consumer', title: words.consumer, render: ({ consumerName }) => consumerName },
  { key: 'way', title: words.way, render: ({ way }) => <Said text={ways[way]} /> },
  { key: 'often', title: words.often, render: ({ often }) => <Said text={oftens[often]} /> },
  { key: 'rowsMonth', title: words.rowsMonth, align: 'end', render: ({ rowsMonth }) => <Count value={rowsMonth} short /> },
  { key: 'dueOn', title: words.dueOn, render: ({ dueOn }) => <Day value={dueOn} /> },
  { key: 'marks', title: words.marks, render: (channel) => <Marks channel={channel} /> },
  { key: 'number', title: words.number, extra: true, render: ({ number }) => <span className="mono">{number}</span> },
]

function Said({ text }: { text: { zh: string; en: string } }) {
  return useLanguage().say(text)
}

/** What of a channel wants a second look. */
export function Marks({ channel: { late, stale, alike, outside } }: { channel: Pick<ChannelHead, 'late' | 'stale' | 'alike' | 'outside'> }) {
  const { say } = useLanguage()
  const marks = [late && words.late, stale && words.stale, alike > 0 && words.alike, outside && words.outside].filter((one) => one !== false)
  if (marks.length === 0) return <span className="faint">—</span>
  return marks.map((text) => <Tag key={text.en}>{say(text)}</Tag>)
}

/** Ways by which data reach departments beside the platform, and how far each has moved. */
export function ChannelsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [{ side: chosen, state, way, text, attention }, set] = useSearchState(Address)
  const supervises = may('channels.supervise')
  const side = chosen ?? (supervises ? 'all' : 'mine')
  const asked = {
    side,
    ...(state.length > 0 ? { state } : {}),
    ...(way.length > 0 ? { way } : {}),
    ...(text ? { text } : {}),
    ...(attention ? { attention } : {}),
  }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => pageOf({ ...asked, ...(after ? { after } : {}) }))
  const facets = useQuery(channels.query('channels', asked)).data?.facets
  const registers = may('channels.register')
  return (
    <Screen
      title={say(words.channels)}
      lead={say(words.lead)}
      action={
        registers && (
          <>
            <Button onClick={() => void navigate({ to: '/channels/import' })}>{say(words.importSheet)}</Button>
            <Button type="primary" onClick={() => void navigate({ to: '/channels/new' })}>
              {say(words.register)}
            </Button>
          </>
        )
      }
    >
      <DataTable
        id="channels"
        label={say(words.channels)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/channels/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <div className="row">
            <Segmented
              aria-label={say(words.channels)}
              value={side}
              options={Side.options.map((value) => ({ value, label: say(words[value]) }))}
              onChange={(value) => set({ side: value })}
            />
            <SearchBox label={say(words.search)} value={text ?? ''} onSearch={(next) => set({ text: next || undefined })} />
            <Many
              options={ChannelState.options}
              look={(one) => channelStates[one].text}
              counts={facets?.state}
              value={state}
              label={say(common.state)}
              set={(next) => set({ state: next })}
            />
            <Many options={Way.options} look={(one) => ways[one]} counts={facets?.way} value={way} label={say(words.way)} set={(next) => set({ way: next })} />
            <Checkbox checked={attention ?? false} onChange={({ target }) => set({ attention: target.checked || undefined })}>
              {say(words.attention)}
            </Checkbox>
          </div>
        }
      />
    </Screen>
  )
}

function pageOf(asked: Parameters<typeof channels.call.channels>[0]) {
  return queryOptions<Page<ChannelHead>>({ queryKey: ['channels', 'channels', asked], queryFn: () => channels.call.channels(asked) })
}

type ManyProps<T extends string> = {
  options: readonly T[]
  look: (value: T) => { zh: string; en: string }
  /** How many channels each would leave. */
  counts: Readonly<Record<T, number>> | undefined
  value: T[]
  label: string
  set: (value: T[]) => void
}

function Many<T extends string>({ options, look, counts, value, label, set }: ManyProps<T>) {
  const { say, language } = useLanguage()
  return (
    <Select<T[]>
      mode="multiple"
      value={value}
      onChange={set}
      options={options.map((one) => ({ value: one, label: bracketed(say(look(one)), counts?.[one], language) }))}
      placeholder={label}
      aria-label={label}
      style={{ minWidth: 140 }}
      allowClear
    />
  )
}
