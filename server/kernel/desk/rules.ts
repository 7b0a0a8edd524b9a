/** Pure: what may be shown of an event's payload to whoever keeps the machinery running. */

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MOST_FIELDS = 12

/** Ids, numbers and truth values as they are; of a text its length, of a list its size, of anything deeper nothing: names and reasons stay where they belong. */
export function summaryOf(payload: unknown): Record<string, string> {
  if (typeof payload !== 'object' || payload === null) return {}
  return Object.fromEntries(
    Object.entries(payload)
      .slice(0, MOST_FIELDS)
      .map(([name, value]) => [name, shown(value)]),
  )
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'string') return ID.test(value) ? value : `…(${[...value].length})`
  return Array.isArray(value) ? `[${value.length}]` : '{…}'
}
