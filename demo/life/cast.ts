/** Who acts in the life of the city: people who signed in with their own accounts, and the departments' databases they work at. */
import { type Person, people } from '../city/people.ts'
import type { Departments } from '../departments.ts'
import type { Account } from '../seed/accounts.ts'
import { signIn, type Visitor } from '../visitor.ts'

export type Name = Person['account']
export type Cast = {
  /** Somebody who has signed in. */
  as: (name: Name) => Visitor
  /** What unlocks a liaison's signing key. */
  pinOf: (name: Name) => string
  departments: Departments
}

/** Everybody of these names signs in, over HTTP as people do. */
export async function openCast(address: string, accounts: readonly Account[], departments: Departments, names: readonly Name[]): Promise<Cast> {
  const known = (name: Name): Account => {
    const account = accounts.find((one) => one.account === name)
    if (!account) throw new Error(`no demonstration account «${name}»`)
    return account
  }
  const visitors = new Map(await Promise.all(names.map(async (name) => [name, await signIn(address, name, known(name).password)] as const)))
  return {
    as: (name) => {
      const visitor = visitors.get(name)
      if (!visitor) throw new Error(`«${name}» (${people.find(({ account }) => account === name)?.title ?? 'nobody'}) has not signed in`)
      return visitor
    },
    pinOf: (name) => known(name).pin ?? '',
    departments,
  }
}
