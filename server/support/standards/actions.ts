import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import * as tables from './code-table.store.ts'
import { type Code, type CodeTable, type contract, type DataElement, refusals } from './contract.ts'
import * as elements from './element.store.ts'
import { codesProblem } from './rules.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
const MAINTAIN = 'standards.maintain'
const NO_UNIT = '00000000-0000-0000-0000-000000000000'

/** What people can do here: publish and read code tables, define and retire data elements. */
export const actions: Actions<typeof contract, Tables> = {
  codeTables: ({ db }, { text }) => tables.currentTables(db, text),

  async codeTable({ db }, { name, version }) {
    const versions = await tables.versionsOf(db, name)
    const table = (version === undefined ? versions[0] : versions.find((one) => one.version === version)) ?? refuse('standards.unknown')
    return { table, codes: await tables.codesOf(db, table), versions: versions.map(({ version: n, publishedOn }) => ({ version: n, publishedOn })) }
  },

  async publishCodeTable(ctx, { after, codes, ...wish }) {
    await mustMaintain(ctx)
    assertTable(codes)
    if ((await tables.latestVersion(ctx.db, wish.name)) !== after) refuse('standards.version_taken')
    const table: CodeTable = { ...wish, version: after + 1, publishedOn: ctx.today, codes: codes.length }
    await tables.insertTable(ctx.db, table, codes)
    ctx.about('standards.code_table', table.name, { version: table.version })
    return table
  },

  async elements({ db }, { after, limit, text }) {
    const [identifier] = after ? decodeCursor(after) : []
    const total = await elements.countElements(db, text)
    const rows = await elements.listElements(db, text, identifier, limit + 1)
    return pageFrom(rows, limit, total, (last) => [last.identifier])
  },

  elementsByIdentifier: async ({ db }, { identifiers }) => (identifiers.length > 0 ? elements.elementsByIdentifier(db, identifiers) : []),

  async defineElement(ctx, wish) {
    await mustMaintain(ctx)
    if (wish.codeTable && (await tables.latestVersion(ctx.db, wish.codeTable)) === 0) refuse('standards.unknown')
    const element: DataElement = { ...wish, id: ctx.newId(), retiredOn: null }
    await elements.insertElement(ctx.db, element)
    ctx.about('standards.data_element', element.id)
    return element
  },

  async retireElement(ctx, { id }) {
    await mustMaintain(ctx)
    const element = (await elements.findElement(ctx.db, id)) ?? refuse('standards.unknown')
    if (!(await elements.retireElement(ctx.db, id, ctx.today))) refuse('standards.retired')
    ctx.about('standards.data_element', id)
    return { ...element, retiredOn: ctx.today }
  },
}

/** Standards bind the whole platform: who maintains them must hold the right in every division at the top. */
async function mustMaintain(ctx: Ctx<Tables>): Promise<void> {
  if (ctx.reach(MAINTAIN) === 'everywhere') return
  const top = await ctx.ask(organizations.divisions, { top: true })
  const all = top.length > 0 && top.every(({ code }) => ctx.may(MAINTAIN, { unit: NO_UNIT, division: code }))
  if (!all) throw new Refusal('kernel.forbidden', { right: MAINTAIN })
}

function assertTable(codes: readonly Code[]): void {
  const problem = codesProblem(codes)
  if (problem?.kind === 'duplicate_code') refuse('standards.duplicate_code', { code: problem.code })
  if (problem?.kind === 'unknown_parent') refuse('standards.unknown_parent', { code: problem.code, parent: problem.parent })
  if (problem?.kind === 'parent_cycle') refuse('standards.parent_cycle', { code: problem.code })
}
