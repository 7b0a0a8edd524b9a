import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

test.each(['documents.ts', 'canonical.ts', 'signed.ts', 'browser-sign.ts', 'filter.ts', 'filter-words.ts', 'grant-fields.ts', 'messages.ts'])(
  '%s runs in a browser: nothing it reaches is of Node',
  (file) => {
    const reached = new Set<string>()
    const reach = (name: string): void => {
      if (reached.has(name)) return
      reached.add(name)
      if (!name.startsWith('.')) return
      const text = readFileSync(path.join(import.meta.dirname, name), 'utf8')
      for (const [, from] of text.matchAll(/^(?:import|export)\b[^;]*? from '([^']+)'/gm)) reach(from!)
    }
    reach(`./${file}`)
    expect([...reached].filter((name) => !name.startsWith('./'))).toEqual(reached.has('zod') ? ['zod'] : [])
  },
)
