/** Makes the files of a new module: `npm run new-module -- <area>/<module>`, for example `cloud/census`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const AREAS = ['cloud', 'network', 'data', 'service', 'collaboration', 'support', 'assurance']
const [area = '', module = ''] = (process.argv[2] ?? '').split('/')

if (!AREAS.includes(area) || !/^[a-z][a-z-]*$/.test(module)) {
  console.error(`usage: npm run new-module -- <area>/<module>\nareas: ${AREAS.join(', ')}`)
  process.exit(2)
}
const folder = path.join(root, 'server', area, module)
if (existsSync(folder)) {
  console.error(`server/${area}/${module} exists already`)
  process.exit(2)
}

const schema = module.replaceAll('-', '_')
const camel = module.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const files: Record<string, string> = {
  'contract.ts': `/** ${module}: say in one sentence what people do here, and the regulation it follows. */
import { z } from 'zod'
import { command, Id, query, type Refusals, type Rights, SIGNED_IN } from '../../kernel/contract.ts'

export const Thing = z.object({ id: Id, name: z.string().min(1).max(100) })
export type Thing = z.infer<typeof Thing>

export const refusals = {
  '${schema}.name_taken': { status: 409, constraint: 'thing_name_once', text: { zh: '名称已被使用，请换一个。', en: 'This name is taken. Choose another.' } },
} satisfies Refusals

export const rights = {
  '${schema}.maintain': { side: 'business', text: { zh: '维护', en: 'Maintain' } },
} satisfies Rights

export const contract = {
  things: query('GET /${module}', { summary: 'All things, by name', right: SIGNED_IN, in: z.object({}), out: z.array(Thing) }),
  add: command('POST /${module}', { summary: 'Add a thing', right: '${schema}.maintain', in: Thing.omit({ id: true }), out: Thing, refusals: ['${schema}.name_taken'] }),
}
`,
  'rules.ts': `/** Pure: no database, no clock, no chance. The web front ends import this file too. */

/** The name as it is kept: without blanks around it. */
export const tidyName = (name: string): string => name.trim()
`,
  'actions.ts': `import type { Actions } from '../../kernel/module.ts'
import type { contract } from './contract.ts'
import { tidyName } from './rules.ts'
import * as store from './store.ts'

export const actions: Actions<typeof contract, store.Tables> = {
  things: ({ db }) => store.things(db),

  async add({ db, newId, about }, { name }) {
    const thing = { id: newId(), name: tidyName(name) }
    await store.insert(db, thing)
    about('${schema}.thing', thing.id)
    return thing
  },
}
`,
  'store.ts': `/** The SQL of this module, on its own tables only. */
import type { Kysely } from 'kysely'
import type { Thing } from './contract.ts'

export type Tables = { '${schema}.thing': Thing }
type Db = Kysely<Tables>

export const things = (db: Db): Promise<Thing[]> => db.selectFrom('${schema}.thing').selectAll().orderBy('name').execute()

export async function insert(db: Db, thing: Thing): Promise<void> {
  await db.insertInto('${schema}.thing').values(thing).execute()
}
`,
  'module.ts': `import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights } from './contract.ts'

export const ${camel} = defineModule({
  name: '${schema}',
  contract,
  refusals,
  rights,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
})
`,
  'migrations/0001_thing.sql': `create table ${schema}.thing (
  id uuid primary key,
  name text not null constraint thing_name_once unique
);
`,
  'actions.pg.test.ts': `import { expect, test } from 'vitest'
import type { Module } from '../../kernel/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract } from './contract.ts'
import { ${camel} } from './module.ts'

const t = await testPlatform([${camel}] as unknown as Module[])
const clerk = t.as({ rights: ['${schema}.maintain'] })(contract)

test('a name is used once, whoever adds at the same moment', async () => {
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => clerk.add({ name: 'one' })))
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await clerk.things({})).toHaveLength(1)
})
`,
  'README.md': `# ${module}

What people do here, in the words of the regulation. Tables, events, facts.
`,
}
for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
const list = path.join(root, 'server', 'modules.ts')
const before = readFileSync(list, 'utf8')
const after = before
  .replace(/\n\n\/\*\*/, `\nimport { ${camel} } from './${area}/${module}/module.ts'\n\n/**`)
  .replace(/\n\} as unknown as/, `\n  '${area}/${module}': ${camel},\n} as unknown as`)
writeFileSync(list, after)
console.log(
  `server/${area}/${module} made and listed last in server/modules.ts.\nNow: name its things, then npm run format && npm run unit -- run server/${area}/${module}`,
)
