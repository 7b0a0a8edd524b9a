import { type Binding, contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { classes } from '../city/catalogue/classes.ts'
import type { CatalogueEntry } from '../city/catalogue/entry.ts'
import { catalogue } from '../city/catalogue.ts'
import { asClerk, asPlatform } from './actors.ts'
import { type City, idOfUnit } from './organizations.ts'

export type Placed = { id: string; entry: CatalogueEntry; unit: string }
const AT_ONCE = 6

/** The classes and every entry, compiled, reviewed and published as a department would. */
export async function seedCatalogue(platform: RunningPlatform, city: City): Promise<Placed[]> {
  const known = new Set((await platform.run(catalog.classes, asPlatform(), {})).map(({ code }) => code))
  await platform.run(catalog.addClasses, asPlatform(), {
    classes: classes.filter(({ code }) => !known.has(code)).map(({ code, name, parent }) => ({ code, name, parent })),
  })
  const placed: Placed[] = []
  // in the order of the list: the platform counts codes within a class, and entries refer to one another by code
  for (const entry of catalogue) placed.push(await compile(platform, city, entry))
  const waiting = [...placed]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await publish(platform, city, next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return placed
}

async function compile({ run }: RunningPlatform, city: City, entry: CatalogueEntry): Promise<Placed> {
  const unit = idOfUnit(city, entry.provider)
  const { head } = await run(catalog.compile, asClerk('编目员', unit, ['catalog.compile']), { content: { ...entry.content, provider: unit } })
  return { id: head.id, entry, unit }
}

async function publish({ run }: RunningPlatform, city: City, { id, unit }: Placed): Promise<void> {
  await run(catalog.submit, asClerk('编目员', unit, ['catalog.compile']), { id })
  await run(catalog.approve, asClerk('目录审核员', unit, ['catalog.review']), { id })
  await run(catalog.publish, asClerk('目录发布员', idOfUnit(city, 'data_bureau'), ['catalog.publish'], false), { id })
}

/** Binds every entry that has a real table to it, item by item, through the schema its node has read. */
export async function bindCatalogue({ run }: RunningPlatform, city: City, nodes: ReadonlyMap<string, { node: string; store: string }>): Promise<void> {
  for (const entry of catalogue) {
    const node = nodes.get(entry.provider)
    if (!entry.source || !node) continue
    const unit = idOfUnit(city, entry.provider)
    const clerk = asClerk('编目员', unit, ['catalog.compile', 'nodes.read_schema'])
    const found = await run(catalog.entries, clerk, { provider: unit, text: entry.content.name, limit: 200 })
    const head = found.items.find(({ name }) => name === entry.content.name)
    if (!head || head.bound) continue
    const columns: Binding['columns'] = Object.fromEntries(entry.content.items.map(({ column }) => [column, column]))
    await run(catalog.bind, clerk, { id: head.id, ...node, schema: entry.source.schema, table: entry.source.table, columns })
  }
}
