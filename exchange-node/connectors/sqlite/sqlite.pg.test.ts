import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { conformance } from '../testing/conformance.ts'
import { SqliteSource } from './source.ts'
import { SqliteTarget } from './target.ts'

const root = mkdtempSync(path.join(tmpdir(), 'sqlite-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const file = path.join(root, 'register.db')

conformance('SQLite', {
  schema: 'main',
  refuses: ['minus zero'],
  source: () => new SqliteSource(file),
  target: () => new SqliteTarget(file),
})
