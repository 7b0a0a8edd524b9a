import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type contract, type Division, refusals } from './contract.ts'
import * as store from './division.store.ts'
import { mustHoldIn } from './place.ts'
import { divisionProblem, revision, standsOn } from './rules.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)

export const divisionActions: Pick<Actions<typeof contract, Tables>, 'divisions' | 'recordDivisions'> = {
  divisions: ({ db, today }, { on = today, ...filter }) => store.divisionsOn(db, on, filter),

  async recordDivisions(ctx, { divisions }) {
    for (const { code } of divisions) mustHoldIn(ctx, 'organizations.maintain', code)
    await store.lockDivisions(ctx.db)
    const parents = await store.standing(
      ctx.db,
      divisions.flatMap(({ parent, validFrom }) => (parent ? [{ code: parent, on: validFrom }] : [])),
    )
    assertSound(divisions, [...parents, ...divisions])
    const current = byCode(
      await store.standing(
        ctx.db,
        divisions.map(({ code, validFrom }) => ({ code, on: validFrom })),
      ),
    )
    const ends: { code: string; validFrom: string; validTo: string | null }[] = []
    const added: Division[] = []
    let recorded = 0
    for (const next of divisions) {
      const old = current.get(next.code)?.find((row) => standsOn(row, next.validFrom))
      const act = revision(old, next)
      if (old && act.kind === 'end') ends.push({ ...old, validTo: act.on })
      // A row that begins on the same day has no time left to end in: the database says that the two clash.
      if (old && act.kind === 'replace' && old.validFrom < next.validFrom) ends.push({ ...old, validTo: next.validFrom })
      if (act.kind === 'add' || act.kind === 'replace') added.push(next)
      if (act.kind === 'none') continue
      ctx.about('organizations.division', next.code)
      recorded++
    }
    await store.endDivisions(ctx.db, ends)
    await store.insertDivisions(ctx.db, added)
    return { recorded }
  },
}

function assertSound(divisions: readonly Division[], known: readonly Division[]): void {
  const above = byCode(known)
  for (const division of divisions) {
    const parent = above.get(division.parent ?? '')?.find((row) => standsOn(row, division.validFrom))
    const problem = divisionProblem(division, parent)
    if (problem) refuse('organizations.division_wrong', { code: division.code, problem })
  }
}

function byCode(divisions: readonly Division[]): Map<string, Division[]> {
  const map = new Map<string, Division[]>()
  for (const division of divisions) map.set(division.code, [...(map.get(division.code) ?? []), division])
  return map
}
