import type { Actor } from '@zhenghe/server/kernel/module.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { fingerprintInBrowser, generateApproverKey, type WrappedKey } from '@zhenghe/wire/browser-sign.ts'
import { SuiteName } from '@zhenghe/wire/documents.ts'
import { type Person, people } from '../city/people.ts'
import { easyPassword } from '../home.ts'
import { asPlatform } from './actors.ts'
import type { City } from './organizations.ts'

/** What a visitor of the demonstration needs to sign in, and liaisons to sign. Made anew for each installation. */
export type Account = { account: string; name: string; unit: string; title: string; posts: readonly string[]; password: string; pin?: string }
/** A liaison's public signing key, to be pinned at the department's node. */
export type Approver = { unit: string; publicKey: string }

const PIN_DIGITS = 8
const pinOf = (password: string): string => String(BigInt(`0x${Buffer.from(password).toString('hex')}`) % 10n ** BigInt(PIN_DIGITS)).padStart(PIN_DIGITS, '0')

const AT_ONCE = 3

/** Opens everybody's account with a password of this installation, as if each had signed in for the first time. */
export async function seedAccounts(platform: RunningPlatform, city: City): Promise<{ accounts: Account[]; approvers: Approver[] }> {
  const made = new Map<string, Opened>()
  const waiting = [...people]
  const worker = async () => {
    for (let person = waiting.shift(); person; person = waiting.shift()) made.set(person.account, await open(platform, city, person))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const opened = people.flatMap(({ account }) => made.get(account) ?? [])
  return { accounts: opened.map(({ account }) => account), approvers: opened.flatMap(({ approvers }) => approvers) }
}

type Opened = { account: Account; approvers: Approver[] }

async function open(platform: RunningPlatform, city: City, { account, name, unit, title, posts }: Person): Promise<Opened> {
  const password = easyPassword()
  const person = city.people.get(account)
  if (!person) throw new Error(`no person «${account}»`)
  const { password: first } = await platform.run(identity.openAccount, asPlatform(), { person, name: account })
  const actor: Actor = { kind: 'staff', id: person, name, unit: city.units.get(unit) ?? null, holdings: [] }
  await platform.run(identity.changePassword, { actor, now: systemNow() }, { old: first, new: password })
  const known: Account = { account, name, unit, title, posts, password }
  if (!posts.includes('liaison')) return { account: known, approvers: [] }
  const pin = pinOf(password)
  const keys = await Promise.all(SuiteName.options.map((suite) => generateApproverKey(pin, suite)))
  for (const key of keys) await platform.run(identity.keepSigningKey, { actor, now: systemNow() }, await signingKeyOf(key))
  return { account: { ...known, pin }, approvers: keys.map((key) => ({ unit, publicKey: key.public })) }
}

async function signingKeyOf({ public: publicKey, iterations, salt, iv, sealed }: WrappedKey) {
  return { publicKey, fingerprint: await fingerprintInBrowser(publicKey), sealed: { salt, iv, iterations, ciphertext: sealed } }
}
