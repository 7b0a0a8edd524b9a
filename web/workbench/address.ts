/** Plain addresses: `?state=draft&state=returned`. One value is a text, several are a list. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const words = new URLSearchParams(text)
  return Object.fromEntries([...new Set(words.keys())].map((name) => [name, single(words.getAll(name))]))
}

const single = (values: string[]): string | string[] => (values.length === 1 ? values[0]! : values)

export function stringifySearch(search: Record<string, unknown>): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== '') words.append(name, String(one))
  return words.size > 0 ? `?${words}` : ''
}
