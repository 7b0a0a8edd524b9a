import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { organizations } from '../api/organizations.ts'

/** Chooses a division in force by its name or code. */
export function DivisionSelect(props: SelectProps<string>) {
  const { data } = useQuery(organizations.query('divisions', {}))
  return (
    <Select<string>
      showSearch={{ optionFilterProp: 'label' }}
      loading={!data}
      options={(data ?? []).map(({ code, name }) => ({ value: code, label: `${name} ${code}` }))}
      {...props}
    />
  )
}
