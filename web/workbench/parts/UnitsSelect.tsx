import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { organizations } from '../api/organizations.ts'
import { useSearchText } from '../hooks/useSearchText.ts'

const SHOWN = 50

/** Chooses several units by typing parts of their names. */
export function UnitsSelect({ value, ...rest }: SelectProps<string[]>) {
  const ids = value ?? []
  const { settled, setText } = useSearchText()
  const found = useQuery(organizations.query('units', { text: settled || undefined, limit: SHOWN }))
  const chosen = useQuery({ ...organizations.query('unitsById', { ids }), enabled: ids.length > 0 })
  const items = new Map([...(chosen.data ?? []), ...(found.data?.items ?? [])].map(({ id, name }) => [id, name]))
  return (
    <Select<string[]>
      mode="multiple"
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      options={[...items].map(([id, name]) => ({ value: id, label: name }))}
      value={ids}
      {...rest}
    />
  )
}
