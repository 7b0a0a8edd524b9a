import { useQueryClient } from '@tanstack/react-query'
import { Content, type Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { catalog } from '../../../api/catalog.ts'

const REST_MS = 1000

export type SaveState = 'unchanged' | 'waiting' | 'invalid' | 'saving' | 'saved' | 'failed'
type Draft = {
  content: Content
  /** What the server has; the same object as `content` when nothing waits to be saved. */
  kept: Content
  after: string | null
  save: SaveState
  error: unknown
}
type Change =
  | { kind: 'edit'; content: Content }
  | { kind: 'saving' }
  | { kind: 'saved'; kept: Content; after: string | null }
  | { kind: 'failed'; error: unknown }

function next(draft: Draft, change: Change): Draft {
  switch (change.kind) {
    case 'edit':
      return { ...draft, content: change.content, save: Content.safeParse(change.content).success ? 'waiting' : 'invalid' }
    case 'saving':
      return { ...draft, save: 'saving' }
    case 'saved':
      return { ...draft, kept: change.kept, after: change.after, error: undefined, save: draft.content === change.kept ? 'saved' : draft.save }
    case 'failed':
      return { ...draft, save: 'failed', error: change.error }
  }
}

/**
 * The draft of an entry as it is being written: saved when the hand rests, never two saves at once, and after each save the next one
 * says on which state it stands. What cannot be stored yet (a name too short) waits with `invalid`.
 */
export function useDraft(entry: Entry) {
  const queries = useQueryClient()
  const [draft, tell] = useReducer(next, entry, begin)
  const busy = useRef(false)
  const { content, kept, after, save } = draft
  const { id } = entry.head
  const flush = useCallback(async (): Promise<boolean> => {
    if (busy.current) return false
    if (content === kept) return true
    if (!Content.safeParse(content).success) return false
    busy.current = true
    tell({ kind: 'saving' })
    try {
      const saved = await catalog.call.revise({ id, content, after })
      queries.setQueryData(catalog.query('entry', { id }).queryKey, saved)
      tell({ kind: 'saved', kept: content, after: saved.draft?.changedAt ?? null })
      return true
    } catch (error) {
      tell({ kind: 'failed', error })
      return false
    } finally {
      busy.current = false
    }
  }, [id, content, kept, after, queries])
  useEffect(() => {
    if (save !== 'waiting') return
    const timer = setTimeout(() => void flush(), REST_MS)
    return () => clearTimeout(timer)
  }, [save, flush])
  const unsaved = content !== kept
  useEffect(() => {
    if (!unsaved) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [unsaved])
  const change = useCallback((part: Partial<Content>) => tell({ kind: 'edit', content: { ...content, ...part } }), [content])
  return { content, change, save, error: draft.error, flush }
}

function begin({ draft, content }: Entry): Draft {
  const start = draft?.content ?? content
  return { content: start, kept: start, after: draft?.changedAt ?? null, save: 'unchanged', error: undefined }
}
