import type { EntryState } from '@zhenghe/server/data/catalog/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { useMay } from '../../../session.ts'
import { reviewWords as words } from '../../../texts/catalog.ts'
import { EntriesTable } from './EntriesTable.tsx'

/** What waits for review by those whom the reader may decide for. */
export function ReviewQueueScreen() {
  const { say } = useLanguage()
  const may = useMay()
  const states: EntryState[] = [...(may('catalog.review') ? ['department_review' as const] : []), ...(may('catalog.publish') ? ['bureau_review' as const] : [])]
  return (
    <Page title={say(words.queueTitle)} lead={say(words.queueLead)}>
      <EntriesTable
        id="catalog-review"
        label={say(words.queueTitle)}
        states={states}
        open={({ id }) => `/catalog/${id}/review`}
        empty={<Empty title={say(words.queueEmpty)} next={say(words.queueEmptyNext)} />}
      />
    </Page>
  )
}
