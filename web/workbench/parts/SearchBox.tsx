import { SearchOutlined } from '@ant-design/icons'
import { Input } from 'antd'
import { useEffect } from 'react'
import { useSearchText } from '../hooks/useSearchText.ts'

type SearchBoxProps = { label: string; value: string; onSearch: (text: string) => void; width?: number }

/** A list's own search box: tells the text once typing has paused. */
export function SearchBox({ label, value, onSearch, width = 240 }: SearchBoxProps) {
  const { text, settled, setText } = useSearchText(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a settled text searches; a new callback does not
  useEffect(() => {
    if (settled !== value) onSearch(settled)
  }, [settled])
  return (
    <Input
      className="search-box"
      allowClear
      value={text}
      onChange={({ target }) => setText(target.value)}
      placeholder={label}
      aria-label={label}
      prefix={<SearchOutlined aria-hidden="true" />}
      style={{ width, maxWidth: '100%' }}
    />
  )
}
