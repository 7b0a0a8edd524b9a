/** The rows of an API, page by page, in whatever way it pages. */
import { refusal } from '../../refusal.ts'
import { fieldOf, NumberText } from '../files/formats/json.ts'
import { at } from '../json-path.ts'
import type { FieldValue } from '../tuples/encode.ts'
import { Unfit } from '../unfit.ts'
import type { Api } from './api.ts'
import { ask } from './ask.ts'

/** Bounds of an increment, as texts. */
export type Bounds = { from?: string | undefined; to?: string | undefined }
export type ApiRow = Readonly<Record<string, FieldValue>>

/** What is no row comes as the refusal of it. Refuses pages without end, a total that was not met, and answers of another shape than the file of the API tells. */
export async function* rowsOf(url: string, api: Api, bounds: Bounds): AsyncGenerator<ApiRow | Unfit> {
  let next: URL | undefined = firstOf(url, api, bounds)
  const seen = new Set<string>()
  let rows = 0
  let total: number | undefined
  for (let page = 0; next; page++) {
    if (page === api.mostPages)
      throw refusal('source_value', `source: ${next.host} has more than ${api.mostPages} pages: raise mostPages in the file of the API, if that is right`)
    if (seen.has(next.href)) throw refusal('source_value', `source: ${next.host} names the same next page again and again: check paging in the file of the API`)
    seen.add(next.href)
    const answer = await ask(next, api)
    const found = arrayOf(answer, api, next)
    total = totalOf(answer, api) ?? total
    for (const row of found) yield rowOf(row, api, next)
    rows += found.length
    next = following(next, api, { answer, found: found.length, rows, page })
  }
  if (total !== undefined && total !== rows)
    throw refusal('source_moved', `source: ${new URL(url).host} told of ${total} rows and gave ${rows}: they changed while they were read; they are read again`)
}

function firstOf(url: string, { query, paging }: Api, bounds: Bounds): URL {
  const first = new URL(url)
  for (const [name, value] of Object.entries(query)) {
    const given = value === '{from}' ? bounds.from : value === '{to}' ? bounds.to : value
    if (given !== undefined) first.searchParams.set(name, given)
  }
  if ('size' in paging && paging.size) first.searchParams.set(paging.size.parameter, String(paging.size.value))
  if (paging.by === 'page') first.searchParams.set(paging.parameter, String(paging.first))
  if (paging.by === 'offset') first.searchParams.set(paging.parameter, '0')
  return first
}

type Read = { answer: unknown; found: number; rows: number; page: number }

function following(now: URL, { paging }: Api, { answer, found, rows, page }: Read): URL | undefined {
  const next = new URL(now)
  switch (paging.by) {
    case 'none':
      return undefined
    case 'page':
      next.searchParams.set(paging.parameter, String(paging.first + page + 1))
      return found === 0 ? undefined : next
    case 'offset':
      next.searchParams.set(paging.parameter, String(rows))
      return found === 0 ? undefined : next
    case 'cursor': {
      const mark = fieldOf(at(answer, paging.path))
      if (mark === null || mark === '' || mark === false) return undefined
      next.searchParams.set(paging.parameter, String(mark))
      return next
    }
    case 'link': {
      const link = at(answer, paging.path)
      if (link === undefined || link === null || link === '') return undefined
      const target = typeof link === 'string' ? URL.parse(link, now) : null
      if (target?.origin !== now.origin)
        throw refusal(
          'source_value',
          `source: ${now.host} names a next page at another server, where its secrets are not sent: check paging in the file of the API`,
        )
      return target
    }
  }
}

function arrayOf(answer: unknown, { rows }: Api, { host }: URL): unknown[] {
  const found = at(answer, rows)
  if (Array.isArray(found)) return found
  throw refusal(
    'source_changed',
    `source: the answer of ${host} has no array of rows at «${rows || 'its top'}»: the API has changed, or the path in the file of the API is wrong`,
  )
}

function totalOf(answer: unknown, { total }: Api): number | undefined {
  const found = total === undefined ? undefined : at(answer, total)
  return found instanceof NumberText ? Number(found.text) : undefined
}

function rowOf(row: unknown, { columns }: Api, { host }: URL): ApiRow | Unfit {
  if (row === null || typeof row !== 'object' || Array.isArray(row) || row instanceof NumberText)
    return new Unfit('malformed', '', 'source_value', `source: ${host} gave a row that is no object with named values`)
  return Object.fromEntries(columns.map(({ name, path }) => [name, fieldOf(at(row, path ?? name))]))
}
