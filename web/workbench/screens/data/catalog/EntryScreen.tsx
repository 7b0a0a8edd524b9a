import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { entryStates, shareTypes } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { z } from 'zod'
import { catalog } from '../../../api/catalog.ts'
import { useParam, useSearchState } from '../../../hooks/useAddress.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { catalogWords, entryWords as words } from '../../../texts/catalog.ts'
import { BindingFacts } from './BindingFacts.tsx'
import './Entry.css'
import { EntryActions } from './EntryActions.tsx'
import { EntrySteps, EntryUsers, EntryVersions } from './EntryAside.tsx'
import { Basics, Terms } from './EntryFacts.tsx'
import { ItemsTable } from './ItemsTable.tsx'
import { Quality } from './Quality.tsx'

const Address = z.object({ version: z.coerce.number().int().positive().optional().catch(undefined) })

/** One resource: its metadata in the order of the standard, its items, its terms; beside it what happened to it. */
export function EntryScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const [{ version }] = useSearchState(Address)
  const query = useQuery(catalog.query('entry', { id, version }))
  return (
    <Loaded query={query} title={say(catalogWords.catalogue)}>
      {(entry) => <EntryPage entry={entry} asked={version} />}
    </Loaded>
  )
}

function EntryPage({ entry, asked }: { entry: Entry; asked: number | undefined }) {
  const { say } = useLanguage()
  const { head, content, binding } = entry
  return (
    <Page
      title={content.name}
      crumbs={[{ key: 'catalog', link: <Link to="/catalog">{say(catalogWords.catalogue)}</Link> }]}
      state={
        <>
          <StateTag look={entryStates[head.state]} />
          <StateTag look={shareTypes[content.share.type]} />
        </>
      }
      lead={`${head.providerName}　${head.code}　${say(words.version, { version: asked ?? head.version })}`}
      action={
        <>
          <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
            {say(words.print)}
          </Button>
          <EntryActions entry={entry} />
        </>
      }
      aside={
        <>
          <EntryUsers entry={head.id} />
          <EntrySteps steps={entry.steps} />
          <EntryVersions entry={entry} shown={asked ?? head.version} />
        </>
      }
    >
      <Notice entry={entry} asked={asked} />
      <Section title={say(words.basics)}>
        <Basics head={head} content={content} />
      </Section>
      <Section title={say(words.items, { count: content.items.length })}>
        <ItemsTable items={content.items} />
      </Section>
      <Section title={say(words.terms)}>
        <Terms content={content} />
      </Section>
      <Section title={say(words.quality)}>
        <Quality entry={head.id} items={content.items} />
      </Section>
      <Section title={say(words.binding)}>
        <BindingFacts entry={head} binding={binding} />
      </Section>
      <History subject={`catalog.entry:${head.id}`} />
    </Page>
  )
}

/** What the reader must know before the facts: an old version, or one in work that is not published yet. */
function Notice({ entry: { head, draft, versions }, asked }: { entry: Entry; asked: number | undefined }) {
  const { say } = useLanguage()
  const newest = versions.findLast(({ publishedAt }) => publishedAt !== null)?.version
  if (asked !== undefined && newest !== undefined && asked < newest)
    return (
      <Alert
        type="warning"
        showIcon
        title={say(words.oldVersion, { version: asked })}
        action={<Link to={`/catalog/${head.id}`}>{say(words.toCurrent)}</Link>}
      />
    )
  if (!draft) return null
  const { version, state, returnReason } = draft
  if (state === 'returned') return <Alert type="warning" showIcon title={say(words.returnedWith, { version, reason: returnReason ?? '—' })} />
  const under = state === 'department_review' || state === 'bureau_review'
  return <Alert type="info" showIcon title={say(under ? words.underReview : words.draftInWork, { version })} />
}
