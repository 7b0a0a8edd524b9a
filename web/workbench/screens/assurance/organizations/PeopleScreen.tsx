import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { organizations } from '../../../api/organizations.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { PeopleTable } from './PeopleTable.tsx'
import { PersonDrawer } from './PersonDrawer.tsx'
import { usePosts } from './usePosts.ts'

const Search = z.object({
  text: z.string().default('').catch(''),
  unit: z.uuid().optional().catch(undefined),
  post: z.string().optional().catch(undefined),
})

/** Everyone in post, found by name, unit or post. */
export function PeopleScreen() {
  const { say } = useLanguage()
  const may = useMay()
  const { posts, nameOf } = usePosts()
  const [adding, setAdding] = useState(false)
  const [search, setSearch] = useSearchState(Search)
  const { text, unit, post } = search
  const { rows, total, paging, error, retry } = usePages(search, (after) => organizations.query('people', { text: text || undefined, unit, post, after }))
  return (
    <Page
      title={say(words.people)}
      action={
        may('organizations.maintain') && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {say(words.addPerson)}
          </Button>
        )
      }
    >
      <PeopleTable
        id="people"
        people={rows}
        total={total}
        paging={paging}
        filtered
        problem={error ? <Problem error={error} onRetry={retry} /> : undefined}
        tools={
          <>
            <SearchBox label={say(words.searchPeople)} value={text} onSearch={(next) => setSearch({ text: next })} />
            <UnitSelect
              allowClear
              style={{ width: 220 }}
              placeholder={say(common.unit)}
              aria-label={say(common.unit)}
              {...(unit ? { value: unit } : {})}
              onChange={(next) => setSearch({ unit: next })}
            />
            <Select
              allowClear
              style={{ width: 150 }}
              placeholder={say(words.allPosts)}
              aria-label={say(words.posts)}
              value={post ?? null}
              onChange={(next) => setSearch({ post: next ?? undefined })}
              options={posts.map(({ code }) => ({ value: code, label: nameOf(code) }))}
            />
          </>
        }
      />
      <PersonDrawer open={adding} unit={unit} person={undefined} onClose={() => setAdding(false)} />
    </Page>
  )
}
