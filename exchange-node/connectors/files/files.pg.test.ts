import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { conformance } from '../testing/conformance.ts'
import { Folder } from './folder.ts'
import { FileSource } from './source.ts'
import { FileTarget } from './target.ts'

const root = mkdtempSync(path.join(tmpdir(), 'files-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const open = () => new Folder(root)

for (const format of ['csv', 'jsonl'] as const)
  conformance(`A folder of ${format}`, {
    source: () => new FileSource(open),
    target: () => new FileTarget(open, format),
    sourceName: (table) => `${table}.${format}`,
    schema: format,
  })
