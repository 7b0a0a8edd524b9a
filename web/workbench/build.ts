/** Builds the workbench where its sources changed since the last build; answers the folder to serve. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'

const here = import.meta.dirname
const root = path.resolve(here, '..', '..')
const dist = path.join(here, 'dist')
/** What a build depends on: both front-end workspaces, what they import of the server and the wire, and the versions installed. */
const SOURCES = ['web/ui', 'web/workbench', 'wire', 'server']
const RELEVANT = /(^|\/)(kernel\/[\w-]+\.ts|.*(contract|rules|texts)\.ts)$/

export async function buildWorkbench(log: (line: string) => void = () => undefined): Promise<string> {
  const stamp = path.join(dist, '.stamp')
  const digest = digestOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return dist
  log('building the workbench (once, a few seconds) …')
  await build({ root: here, logLevel: 'error' })
  writeFileSync(stamp, digest)
  return dist
}

function digestOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')))
  for (const source of SOURCES) {
    const folder = path.join(root, source)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.(tsx?|css|html|svg)$/.test(file) && !/node_modules|^dist|\.test\./.test(file),
    )
    for (const file of files.filter((name) => source !== 'server' || RELEVANT.test(name)).sort())
      hash.update(`${source}/${file}`).update(readFileSync(path.join(folder, file)))
  }
  return hash.digest('hex')
}
