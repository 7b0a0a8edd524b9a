import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { catalog } from '../api/catalog.ts'
import { useSearchText } from '../hooks/useSearchText.ts'

const SHOWN = 30

/** Chooses a published catalogue entry by typing what it is about; of one provider only where one is given. */
export function EntrySelect({ value, provider, ...rest }: SelectProps<string> & { provider?: string | undefined }) {
  const { settled, setText } = useSearchText()
  const found = useQuery(catalog.query('search', { text: settled, ...(provider ? { provider: [provider] } : {}), limit: SHOWN }))
  const chosen = useQuery({ ...catalog.query('entriesById', { ids: value ? [value] : [] }), enabled: Boolean(value) })
  const items = new Map([...(chosen.data ?? []), ...(found.data?.hits ?? [])].map(({ id, name, providerName }) => [id, `${name} · ${providerName}`]))
  return (
    <Select<string>
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      options={[...items].map(([id, label]) => ({ value: id, label }))}
      allowClear
      {...(value ? { value } : {})}
      {...rest}
    />
  )
}
