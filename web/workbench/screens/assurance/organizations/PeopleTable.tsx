import type { Appointment, Person } from '@zhenghe/server/assurance/organizations/contract.ts'
import { type Column, DataTable, type DataTableProps } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import { PersonActions } from './PersonActions.tsx'
import { PostTags } from './PostTags.tsx'

export type PersonRow = Person & { appointments: Appointment[]; unitName?: string }
type PeopleTableProps = Pick<DataTableProps<PersonRow>, 'id' | 'total' | 'paging' | 'tools' | 'problem'> & {
  people: readonly PersonRow[] | undefined
  filtered?: boolean
}

/** People with their posts, and what the reader may do about them. */
export function PeopleTable({ people, filtered = false, ...table }: PeopleTableProps) {
  const { say } = useLanguage()
  const may = useMay()
  const acts = may('organizations.maintain') || may('organizations.appoint')
  const withUnit = people?.some(({ unitName }) => unitName !== undefined) ?? false
  const columns: Column<PersonRow>[] = [
    { key: 'name', title: { zh: '姓名', en: 'Name' }, lead: true, width: 110, render: ({ name }) => name },
    ...(withUnit ? [{ key: 'unit', title: common.unit, render: ({ unitName }: PersonRow) => unitName }] : []),
    { key: 'title', title: words.title, render: ({ title }) => title },
    { key: 'posts', title: words.posts, render: (person) => <PostTags person={person} /> },
    { key: 'phone', title: words.phone, render: ({ phone }) => <span className="number">{phone}</span> },
    ...(acts ? [{ key: 'acts', title: { zh: '操作', en: 'Actions' }, render: (person: PersonRow) => <PersonActions person={person} /> }] : []),
  ]
  return (
    <DataTable<PersonRow>
      {...table}
      label={say(words.people)}
      columns={columns}
      rows={people}
      keyOf={({ id }) => id}
      empty={
        filtered ? (
          <Empty title={say(words.nobodyMatches)} next={say(common.nothingFoundNext)} />
        ) : (
          <Empty title={say(words.noPeople)} next={say(words.noPeopleNext)} />
        )
      }
    />
  )
}
