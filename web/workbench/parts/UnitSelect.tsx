import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { organizations } from '../api/organizations.ts'
import { useSearchText } from '../hooks/useSearchText.ts'

const SHOWN = 50

/** Chooses a unit by typing part of its name or its code. */
export function UnitSelect({ value, ...rest }: SelectProps<string>) {
  const { settled, setText } = useSearchText()
  const found = useQuery(organizations.query('units', { text: settled || undefined, limit: SHOWN }))
  const chosen = useQuery({ ...organizations.query('unitsById', { ids: value ? [value] : [] }), enabled: Boolean(value) })
  const items = new Map([...(chosen.data ?? []), ...(found.data?.items ?? [])].map(({ id, name }) => [id, name]))
  return (
    <Select<string>
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      options={[...items].map(([id, name]) => ({ value: id, label: name }))}
      {...(value ? { value } : {})}
      {...rest}
    />
  )
}
