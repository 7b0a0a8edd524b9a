import { useQuery } from '@tanstack/react-query'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { catalog } from '../../../api/catalog.ts'
import { AskedFacts } from './WishFacts.tsx'

/** Items by their Chinese names, as the version that was asked for has them. */
export function Asked({ request: { wish, entry, entryVersion, filterWords } }: { request: RequestView }) {
  const { say } = useLanguage()
  const { data } = useQuery(catalog.query('published', { id: entry, version: entryVersion }))
  const known = new Map(data?.content.items.map((item) => [item.column, item]))
  const items = wish.fields.map((column) => known.get(column) ?? { column, name: column, key: false, sensitive: false })
  return <AskedFacts items={items} rows={filterWords ? say(filterWords) : undefined} />
}
