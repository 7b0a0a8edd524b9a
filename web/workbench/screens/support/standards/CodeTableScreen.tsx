import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Code } from '@zhenghe/server/support/standards/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { formatDay } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { standards } from '../../../api/standards.ts'
import { useParam, useSearchState } from '../../../hooks/useAddress.ts'
import { useMay } from '../../../session.ts'
import { standardWords as words } from '../../../texts/standards.ts'
import { PublishDrawer } from './PublishDrawer.tsx'
import { Standing } from './Standing.tsx'

const Search = z.object({ version: z.coerce.number().int().min(1).optional().catch(undefined) })

/** One code table in one version, with the way to its other versions and to the next. */
export function CodeTableScreen() {
  const { language, say } = useLanguage()
  const name = useParam('name')
  const maintains = useMay()('standards.maintain')
  const [publishing, setPublishing] = useState(false)
  const [{ version }, setSearch] = useSearchState(Search)
  const { data, error, refetch } = useQuery(standards.query('codeTable', { name, version }))
  const latest = data && Math.max(...data.versions.map((one) => one.version))
  const columns: Column<Code>[] = [
    { key: 'name', title: words.codeName, lead: true, render: ({ nameZh }) => nameZh },
    { key: 'code', title: words.code, render: ({ code }) => <span className="mono">{code}</span> },
    { key: 'nameEn', title: words.codeNameEn, render: ({ nameEn }) => nameEn },
    ...(data?.codes.some(({ parent }) => parent) ? [{ key: 'parent', title: words.parent, render: ({ parent }: Code) => parent ?? '—' }] : []),
    ...(data?.codes.some(({ endedOn }) => endedOn) ? [{ key: 'ended', title: words.endedOn, render: ({ endedOn }: Code) => <Day value={endedOn} /> }] : []),
  ]
  const versions = data?.versions.map((one) => ({
    value: one.version,
    label: say(words.versionOf, { version: one.version, day: formatDay(one.publishedOn, language) }),
  }))
  const title = data && (language === 'zh' ? data.table.titleZh : data.table.titleEn || data.table.titleZh)
  return (
    <Page
      title={title ?? say(words.codeTables)}
      lead={data?.table.source}
      crumbs={[{ key: 'tables', link: <Link to="/standards/codes">{say(words.codeTables)}</Link> }]}
      state={data && <Standing certain={data.table.certain} />}
      action={
        maintains &&
        data?.table.version === latest && (
          <Button type="primary" onClick={() => setPublishing(true)}>
            {say(words.publishNext)}
          </Button>
        )
      }
    >
      <DataTable<Code>
        id={`codes-${name}`}
        label={title ?? ''}
        columns={columns}
        rows={data?.codes}
        total={data?.codes.length}
        keyOf={({ code }) => code}
        problem={error ? <Problem error={error} onRetry={() => void refetch()} /> : undefined}
        empty={<Empty title={say(words.noLines)} />}
        tools={
          data && (
            <Select
              aria-label={say(words.version)}
              options={versions ?? []}
              value={data.table.version}
              onChange={(next) => setSearch({ version: next })}
              style={{ minWidth: 210 }}
            />
          )
        }
      />
      <PublishDrawer open={publishing} from={data} onClose={() => setPublishing(false)} />
    </Page>
  )
}
