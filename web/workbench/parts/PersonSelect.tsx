import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { organizations } from '../api/organizations.ts'
import { useSearchText } from '../hooks/useSearchText.ts'

const SHOWN = 50

/** Chooses a person by typing part of the name; of one unit where one is given. */
export function PersonSelect({ unit, value, ...rest }: SelectProps<string> & { unit?: string }) {
  const { settled, setText } = useSearchText()
  const found = useQuery(organizations.query('people', { text: settled || undefined, unit, limit: SHOWN }))
  const chosen = useQuery({ ...organizations.query('peopleById', { ids: value ? [value] : [] }), enabled: Boolean(value) })
  const items = new Map<string, string>()
  for (const { id, name } of chosen.data ?? []) items.set(id, name)
  for (const { id, name, unitName } of found.data?.items ?? []) items.set(id, `${name}（${unitName}）`)
  return (
    <Select<string>
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      options={[...items].map(([id, label]) => ({ value: id, label }))}
      {...(value ? { value } : {})}
      {...rest}
    />
  )
}
