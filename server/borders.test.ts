/** Keeps the borders between modules and workspaces. The rules are told in docs/architecture.md, «Borders». */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { modules } from './modules.ts'

const root = path.resolve(import.meta.dirname, '..')
const order = ['kernel', ...Object.keys(modules).filter((name) => !name.startsWith('kernel/'))]
/** What one module may see of another, and what must run in a browser. */
const PUBLIC = /\/(\w[\w-]*\.)?(contract|rules|texts)\.ts$/
const BROWSER_KERNEL = /^kernel\/(contract|time|texts|refusal|rights|identifiers|client|calendar\/(calendar|deadline|explain))\.ts$/
const BROWSER_WIRE =
  /^@zhenghe\/wire\/(documents|api-grant|canonical|filter|filter-values|filter-words|grant-fields|signed|base64url|browser-sign|error|messages)\.ts$/
const ONLY_KERNEL = [/\bprocess\.env\b/, /\bnew Date\(\)/, /\bDate\.now\(\)/, /\bMath\.random\(\)/]

type Use = { from: string; to: string; ours: boolean; typeOnly: boolean }
const typescript = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules') && !file.startsWith('dist'))
    .map((file) => path.join(folder, file))

function usesOf(file: string, home: string): Use[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'))
  const imports = module.staticImports.map((one) => ({
    to: one.moduleRequest.value,
    typeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
  }))
  const exports = module.staticExports.flatMap((one) =>
    one.entries.flatMap((entry) => (entry.moduleRequest ? [{ to: entry.moduleRequest.value, typeOnly: entry.isType }] : [])),
  )
  const from = path.relative(home, file)
  return [...imports, ...exports].map(({ to, typeOnly }) => ({
    from,
    to: to.startsWith('.') ? path.join(from, '..', to) : to,
    ours: to.startsWith('.'),
    typeOnly,
  }))
}

const server = path.join(root, 'server')
const serverFiles = typescript(server).filter((file) => order.some((module) => path.relative(server, file).startsWith(`${module}/`)))
const uses = serverFiles.flatMap((file) => usesOf(file, server))
const home = (file: string): string | undefined => order.filter((module) => file.startsWith(`${module}/`)).sort((a, b) => b.length - a.length)[0]
const rank = (file: string): number => order.indexOf(home(file) ?? '')
const isTest = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file)
const across = uses.filter(({ from, to, ours }) => ours && home(to) !== home(from))

test('a module uses only the kernel and modules listed above it', () => {
  expect(across.filter(({ from, to }) => !isTest(from) && (rank(to) < 0 || rank(to) > rank(from)))).toEqual([])
})

test('a module sees only contracts, rules and texts of another; tests may run its whole', () => {
  expect(across.filter(({ from, to }) => !isTest(from) && home(to) !== 'kernel' && !PUBLIC.test(to))).toEqual([])
})

test('the kernel imports no module', () => {
  expect(across.filter(({ from }) => home(from) === 'kernel' && !isTest(from))).toEqual([])
})

test('contracts, rules and texts run in a browser', () => {
  const fit = (to: string, ours: boolean) => (ours ? BROWSER_KERNEL.test(to) || PUBLIC.test(to) : to === 'zod' || BROWSER_WIRE.test(to))
  expect(uses.filter(({ from, to, ours, typeOnly }) => PUBLIC.test(from) && !typeOnly && !fit(to, ours))).toEqual([])
})

test('only the kernel reads the environment, the clock and chance', () => {
  const guilty = serverFiles
    .filter((file) => !path.relative(server, file).startsWith('kernel/') && !isTest(file))
    .flatMap((file) =>
      ONLY_KERNEL.filter((pattern) => pattern.test(readFileSync(file, 'utf8'))).map((pattern) => `${path.relative(server, file)}: ${pattern.source}`),
    )
  expect(guilty).toEqual([])
})

/** What every workspace may use for its tests, from the root. */
const TEST_TOOLS = new Set(['vitest', 'fast-check'])
const workspaces = ['wire', 'server', 'exchange-node', 'web/ui', 'web/workbench', 'demo', 'bench', 'e2e']

type Manifest = { name: string; dependencies?: object; devDependencies?: object; peerDependencies?: object }

test('a workspace imports only what its package.json declares, and leaves its folder only by a package name', () => {
  const guilty = workspaces.flatMap((workspace) => {
    const folder = path.join(root, workspace)
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
    const allowed = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies })])
    return typescript(folder)
      .filter((file) => !isTest(file) && !/\.config\.ts$/.test(file))
      .flatMap((file) => usesOf(file, root))
      .filter(({ to, ours }) =>
        ours ? !to.startsWith(`${workspace}/`) : !to.startsWith('node:') && !TEST_TOOLS.has(packageOf(to)) && !allowed.has(packageOf(to)),
      )
      .map(({ from, to }) => `${from} → ${to}`)
  })
  expect(guilty).toEqual([])
})

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

test('every module has its README, contract, actions and migrations', () => {
  const missing = order
    .slice(1)
    .flatMap((module) =>
      ['README.md', 'contract.ts', 'actions.ts', 'module.ts', 'migrations']
        .filter((file) => !existsSync(path.join(server, module, file)))
        .map((file) => `${module}/${file}`),
    )
  expect(missing).toEqual([])
})

test('this test still sees the imports', () => {
  expect(uses.length).toBeGreaterThan(100)
})
