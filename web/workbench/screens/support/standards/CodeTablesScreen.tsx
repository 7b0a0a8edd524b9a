import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { CodeTable } from '@zhenghe/server/support/standards/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Day } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { standards } from '../../../api/standards.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { standardWords as words } from '../../../texts/standards.ts'
import { PublishDrawer } from './PublishDrawer.tsx'
import { Standing } from './Standing.tsx'

const Search = z.object({ text: z.string().default('').catch('') })

/** The current version of every code table. */
export function CodeTablesScreen() {
  const { language, say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [making, setMaking] = useState(false)
  const [{ text }, setSearch] = useSearchState(Search)
  const { data, error, refetch } = useQuery(standards.query('codeTables', { text: text || undefined }))
  const columns: Column<CodeTable>[] = [
    { key: 'title', title: common.name, lead: true, render: ({ titleZh, titleEn }) => (language === 'zh' ? titleZh : titleEn || titleZh) },
    { key: 'source', title: words.source, render: ({ source }) => source },
    { key: 'standing', title: words.standing, render: ({ certain }) => <Standing certain={certain} /> },
    { key: 'codes', title: words.codes, align: 'end', render: ({ codes }) => <Count value={codes} /> },
    { key: 'version', title: words.version, align: 'end', render: ({ version }) => version },
    { key: 'published', title: words.publishedOn, render: ({ publishedOn }) => <Day value={publishedOn} /> },
    { key: 'name', title: words.tableName, extra: true, render: ({ name }) => <span className="mono">{name}</span> },
  ]
  const make = may('standards.maintain') && (
    <Button type="primary" onClick={() => setMaking(true)}>
      {say(words.newTable)}
    </Button>
  )
  return (
    <Page title={say(words.codeTables)} action={make}>
      <DataTable<CodeTable>
        id="code-tables"
        label={say(words.codeTables)}
        columns={columns}
        rows={data}
        total={data?.length}
        keyOf={({ name }) => name}
        onOpen={({ name }) => void navigate({ to: `/standards/codes/${name}` })}
        problem={error ? <Problem error={error} onRetry={() => void refetch()} /> : undefined}
        empty={<Empty title={say(words.noTables)} next={say(common.nothingFoundNext)} />}
        tools={<SearchBox label={say(words.searchTables)} value={text} onSearch={(next) => setSearch({ text: next })} />}
      />
      <PublishDrawer open={making} from={undefined} onClose={() => setMaking(false)} />
    </Page>
  )
}
