/** Builds the workbench where its sources changed since the last build; answers the folder to serve. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const here = import.meta.dirname
const root = path.resolve(here, '..', '..')
const dist = path.join(here, 'dist')
/** What a build depends on: both front-end workspaces, what they import of the server and the wire, and the versions installed. */
const SOURCES = ['web/ui', 'web/workbench', 'wire', 'server']
const RELEVANT = /(^|\/)(kernel\/[\w-]+\.ts|.*(contract|rules|texts)\.ts)$/

/** Several processes may call it at once: each builds aside, and the finished folder takes the place of the old one. */
export async function buildWorkbench(log: (line: string) => void = () => undefined): Promise<string> {
  const digest = digestOfSources()
  if (stampOf(dist) === digest) return dist
  log('building the workbench (once, a few seconds) …')
  const { build } = await import('vite')
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production' // whoever calls: a test's build is the one people get
  const fresh = path.join(root, 'node_modules', '.cache', `workbench-${process.pid}`)
  try {
    await build({ configFile: path.join(here, 'vite.config.ts'), mode: 'production', logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } })
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
  writeFileSync(path.join(fresh, '.stamp'), digest)
  putInPlace(fresh, digest)
  return dist
}

function putInPlace(fresh: string, digest: string): void {
  rmSync(dist, { recursive: true, force: true })
  try {
    renameSync(fresh, dist)
  } catch (error) {
    // another process was quicker with the same build
    if (stampOf(dist) !== digest) throw error
    rmSync(fresh, { recursive: true, force: true })
  }
}

function stampOf(folder: string): string | undefined {
  const stamp = path.join(folder, '.stamp')
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
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
