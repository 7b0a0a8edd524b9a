import { PlusOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { EntryState } from '@zhenghe/server/data/catalog/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Button } from 'antd'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { useMe } from '../../../session.ts'
import { compileWords, mineWords as words } from '../../../texts/catalog.ts'
import { EntriesTable } from './EntriesTable.tsx'

const OWN_WORK: readonly EntryState[] = ['draft', 'returned']

/** All entries of one's unit, in whatever state; those one may work on open in the form. */
export function MyEntriesScreen() {
  const { say } = useLanguage()
  const { unit } = useMe()
  const navigate = useNavigate()
  const compiles = useMayAt(unit.id)('catalog.compile')
  const begin = compiles && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/catalog/new' })}>
      {say(compileWords.newTitle)}
    </Button>
  )
  return (
    <Page title={say(words.title)} lead={say(words.lead)} action={begin}>
      <EntriesTable
        id="catalog-mine"
        label={say(words.title)}
        states={EntryState.options}
        provider={unit.id}
        open={({ id, state }) => (compiles && OWN_WORK.includes(state) ? `/catalog/${id}/edit` : `/catalog/${id}`)}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} action={begin} />}
      />
    </Page>
  )
}
