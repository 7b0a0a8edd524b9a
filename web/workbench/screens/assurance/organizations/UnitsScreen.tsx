import { useNavigate } from '@tanstack/react-router'
import type { Unit } from '@zhenghe/server/assurance/organizations/contract.ts'
import { unitKinds } from '@zhenghe/server/assurance/organizations/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { organizations } from '../../../api/organizations.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { DivisionSelect } from '../../../parts/DivisionSelect.tsx'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { DivisionTree } from './DivisionTree.tsx'
import './Organizations.css'
import { UnitDrawer } from './UnitDrawer.tsx'

const Search = z.object({
  text: z.string().default('').catch(''),
  division: z.string().optional().catch(undefined),
  closed: z.enum(['true']).optional().catch(undefined),
})
type Row = Unit & { people: number; divisionName: string }

/** Units by division: the tree on the left, the list on the right. */
export function UnitsScreen() {
  const { say } = useLanguage()
  const narrow = useNarrow()
  const navigate = useNavigate()
  const may = useMay()
  const [registering, setRegistering] = useState(false)
  const [search, setSearch] = useSearchState(Search)
  const { text, division, closed } = search
  const { error, retry, ...pages } = usePages(search, (after) =>
    organizations.query('units', { text: text || undefined, division, closed: closed === 'true', after }),
  )
  const columns: Column<Row>[] = [
    { key: 'name', title: common.name, lead: true, render: (unit) => <UnitName unit={unit} /> },
    { key: 'shortName', title: words.shortName, extra: true, render: ({ shortName }) => shortName },
    { key: 'kind', title: words.kind, render: ({ kind }) => say(unitKinds[kind]) },
    { key: 'division', title: common.division, render: ({ divisionName }) => divisionName },
    { key: 'uscc', title: words.uscc, render: ({ uscc }) => <span className="mono">{uscc}</span> },
    { key: 'people', title: words.inPost, align: 'end', render: ({ people }) => people },
  ]
  const register = may('organizations.maintain') && (
    <Button type="primary" onClick={() => setRegistering(true)}>
      {say(words.registerUnit)}
    </Button>
  )
  const choose = (code: string | undefined) => setSearch({ division: code })
  return (
    <Page title={say(words.units)} action={register}>
      <div className="units">
        {!narrow && <DivisionTree chosen={division} choose={choose} />}
        <DataTable<Row>
          id="units"
          label={say(words.units)}
          columns={columns}
          keyOf={({ id }) => id}
          {...pages}
          onOpen={({ id }) => void navigate({ to: `/organizations/units/${id}` })}
          problem={error ? <Problem error={error} onRetry={retry} /> : undefined}
          empty={<Empty title={say(words.noUnits)} next={say(words.noUnitsNext)} />}
          tools={
            <>
              <SearchBox label={say(words.searchUnits)} value={text} onSearch={(next) => setSearch({ text: next })} />
              {narrow && (
                <DivisionSelect
                  aria-label={say(words.divisions)}
                  allowClear
                  placeholder={say(words.divisions)}
                  value={division ?? null}
                  onChange={choose}
                  style={{ width: 200 }}
                />
              )}
              <Checkbox checked={closed === 'true'} onChange={({ target }) => setSearch({ closed: target.checked ? 'true' : undefined })}>
                {say(words.showClosed)}
              </Checkbox>
            </>
          }
        />
      </div>
      <UnitDrawer open={registering} unit={undefined} onClose={() => setRegistering(false)} />
    </Page>
  )
}

function UnitName({ unit: { name, closedOn } }: { unit: Row }) {
  return (
    <span className="row">
      {name}
      {closedOn && <StateTag look={{ tone: 'quiet', text: words.closed }} />}
    </span>
  )
}
