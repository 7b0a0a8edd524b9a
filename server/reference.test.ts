import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { referencePages } from './reference.ts'

const folder = path.resolve(import.meta.dirname, '..', 'docs', 'reference')

test('docs/reference says what the contracts say: run `npm run docs` where this fails', () => {
  const pages = referencePages()
  expect(readdirSync(folder).sort()).toEqual(Object.keys(pages).sort())
  for (const [name, text] of Object.entries(pages)) expect(readFileSync(path.join(folder, name), 'utf8') === text, name).toBe(true)
})
