import { useNavigate } from '@tanstack/react-router'
import { type AgreementHead, AgreementState } from '@zhenghe/server/data/partners/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Money } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { agreementStates } from '@zhenghe/ui/states.ts'
import { Button, Select } from 'antd'
import { z } from 'zod'
import { partners } from '../../../api/partners.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { partnerWords as words } from '../../../texts/partners.ts'

const Address = z.object({ state: manyOf(AgreementState), text: z.string().optional().catch(undefined) })

const COLUMNS: Column<AgreementHead>[] = [
  { key: 'name', title: words.name, lead: true, render: ({ name }) => name },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={agreementStates[state]} /> },
  { key: 'term', title: words.term, render: ({ fromOn, endsOn }) => <Term from={fromOn} until={endsOn} /> },
  { key: 'price', title: words.price, align: 'end', render: ({ priceFen }) => <Price fen={priceFen} /> },
  { key: 'keeper', title: words.keeper, render: ({ keeperName }) => keeperName },
  { key: 'uscc', title: words.uscc, extra: true, render: ({ uscc }) => <span className="mono">{uscc}</span> },
  { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
]

export function Term({ from, until }: { from: string; until: string }) {
  const { say } = useLanguage()
  return <span className="number">{say(words.termOf, { from, until })}</span>
}

export function Price({ fen }: { fen: number }) {
  const { say } = useLanguage()
  return fen === 0 ? say(words.free) : <Money fen={fen} />
}

/** Agreements with partners outside government; those that end first at the top. */
export function PartnersScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const keeps = useMay()('partners.keep')
  const [{ state, text }, set] = useSearchState(Address)
  const asked = { ...(state.length > 0 ? { state } : {}), ...(text ? { text } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => partners.query('agreements', { ...asked, ...(after ? { after } : {}) }))
  const draft = keeps && (
    <Button type="primary" onClick={() => void navigate({ to: '/partners/new' })}>
      {say(words.draft)}
    </Button>
  )
  return (
    <Page title={say(words.partners)} lead={say(words.lead)} action={draft}>
      <DataTable
        id="partners"
        label={say(words.partners)}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/partners/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        tools={
          <div className="row">
            <SearchBox label={say(words.search)} value={text ?? ''} onSearch={(next) => set({ text: next || undefined })} />
            <Select
              mode="multiple"
              value={state}
              onChange={(value) => set({ state: value })}
              options={AgreementState.options.map((value) => ({ value, label: say(agreementStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 180 }}
              allowClear
            />
          </div>
        }
      />
    </Page>
  )
}
