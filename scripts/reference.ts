/** Writes docs/reference/ from the contracts: `npm run docs`. A test keeps what is committed fresh. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { referencePages } from '../server/reference.ts'

const folder = path.resolve(import.meta.dirname, '..', 'docs', 'reference')
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(referencePages())) writeFileSync(path.join(folder, name), text)
console.log(`docs/reference: ${Object.keys(referencePages()).join(', ')}`)
