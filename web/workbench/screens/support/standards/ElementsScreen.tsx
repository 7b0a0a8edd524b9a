import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DataElement } from '@zhenghe/server/support/standards/contract.ts'
import { elementRules, itemTypes } from '@zhenghe/server/support/standards/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { standards } from '../../../api/standards.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { standardWords as words } from '../../../texts/standards.ts'
import { ElementDrawer } from './ElementDrawer.tsx'

const Search = z.object({ text: z.string().default('').catch('') })

/** Data elements that information items follow. */
export function ElementsScreen() {
  const { language, say } = useLanguage()
  const maintains = useMay()('standards.maintain')
  const [defining, setDefining] = useState(false)
  const [search, setSearch] = useSearchState(Search)
  const { error, retry, ...pages } = usePages(search, (after) => standards.query('elements', { text: search.text || undefined, after }))
  const tables = useQuery(standards.query('codeTables', {}))
  const titleOf = (name: string) => {
    const table = tables.data?.find((one) => one.name === name)
    return table ? (language === 'zh' ? table.titleZh : table.titleEn || table.titleZh) : name
  }
  const columns: Column<DataElement>[] = [
    { key: 'name', title: common.name, lead: true, render: ({ nameZh, nameEn }) => (language === 'zh' ? nameZh : nameEn) },
    { key: 'identifier', title: words.identifier, render: ({ identifier }) => <span className="mono">{identifier}</span> },
    { key: 'definition', title: words.definition, render: ({ definition }) => definition },
    { key: 'type', title: words.type, render: ({ type, length }) => `${say(itemTypes[type])}${length ? ` ${length}` : ''}` },
    {
      key: 'table',
      title: words.codeTable,
      render: ({ codeTable }) => (codeTable ? <Link to={`/standards/codes/${codeTable}`}>{titleOf(codeTable)}</Link> : '—'),
    },
    { key: 'rule', title: words.rule, render: ({ rule }) => (rule === 'none' ? '—' : say(elementRules[rule])) },
    { key: 'source', title: words.source, render: ({ source }) => source },
    { key: 'state', title: common.state, render: (element) => <ElementState element={element} maintains={maintains} /> },
  ]
  const define = (
    <Button type="primary" onClick={() => setDefining(true)}>
      {say(words.define)}
    </Button>
  )
  return (
    <Page title={say(words.elements)} action={maintains && define}>
      <DataTable<DataElement>
        id="elements"
        label={say(words.elements)}
        columns={columns}
        keyOf={({ id }) => id}
        {...pages}
        problem={error ? <Problem error={error} onRetry={retry} /> : undefined}
        empty={<Empty title={say(words.noElements)} next={say(common.nothingFoundNext)} />}
        tools={<SearchBox label={say(words.searchElements)} value={search.text} onSearch={(text) => setSearch({ text })} />}
      />
      <ElementDrawer open={defining} onClose={() => setDefining(false)} />
    </Page>
  )
}

function ElementState({ element: { id, nameZh, retiredOn }, maintains }: { element: DataElement; maintains: boolean }) {
  const { say } = useLanguage()
  if (retiredOn) return <StateTag look={{ tone: 'quiet', text: words.retired }} />
  if (!maintains) return <StateTag look={{ tone: 'good', text: words.inUse }} />
  return (
    <ActButton
      type="link"
      size="small"
      act={() => standards.call.retireElement({ id })}
      confirm={{ title: say(words.retire), content: say(words.retireAsk, { name: nameZh }) }}
    >
      {say(words.retire)}
    </ActButton>
  )
}
