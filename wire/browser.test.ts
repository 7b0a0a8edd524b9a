import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

test.each(['documents.ts', 'canonical.ts', 'signed.ts', 'browser-sign.ts', 'filter.ts', 'filter-words.ts', 'grant-fields.ts', 'messages.ts', 'sm2.ts'])(
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
    const packages = [...reached].filter((name) => !name.startsWith('./'))
    expect(packages.filter((name) => name !== 'zod')).toEqual(file === 'sm2.ts' ? ['sm-crypto-v2'] : [])
  },
)
