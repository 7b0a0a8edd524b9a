import type { Actor } from '@zhenghe/server/kernel/module.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { fingerprintInBrowser, generateApproverKey, type WrappedKey } from '@zhenghe/wire/browser-sign.ts'
import { people } from '../city/people.ts'
import { easyPassword } from '../home.ts'
import { asPlatform } from './actors.ts'
import type { City } from './organizations.ts'

/** What a visitor of the demonstration needs to sign in, and liaisons to sign. Made anew for each installation. */
export type Account = { account: string; name: string; unit: string; title: string; posts: readonly string[]; password: string; pin?: string }
/** A liaison's public signing key, to be pinned at the department's node. */
export type Approver = { unit: string; publicKey: string }

const PIN_DIGITS = 8
const pinOf = (password: string): string => String(BigInt(`0x${Buffer.from(password).toString('hex')}`) % 10n ** BigInt(PIN_DIGITS)).padStart(PIN_DIGITS, '0')

/** Opens everybody's account with a password of this installation, as if each had signed in for the first time. */
export async function seedAccounts(platform: RunningPlatform, city: City): Promise<{ accounts: Account[]; approvers: Approver[] }> {
  const approvers: Approver[] = []
  const accounts = await Promise.all(
    people.map(async ({ account, name, unit, title, posts }): Promise<Account> => {
      const password = easyPassword()
      const person = city.people.get(account)
      if (!person) throw new Error(`no person «${account}»`)
      const opened = await platform.run(identity.openAccount, asPlatform(), { person, name: account })
      const actor: Actor = { kind: 'staff', id: person, name, unit: city.units.get(unit) ?? null, holdings: [] }
      await platform.run(identity.changePassword, { actor, now: systemNow() }, { old: opened.password, new: password })
      if (!posts.includes('liaison')) return { account, name, unit, title, posts, password }
      const pin = pinOf(password)
      const key = await generateApproverKey(pin)
      await platform.run(identity.keepSigningKey, { actor, now: systemNow() }, await signingKeyOf(key))
      approvers.push({ unit, publicKey: key.public })
      return { account, name, unit, title, posts, password, pin }
    }),
  )
  return { accounts, approvers }
}

async function signingKeyOf({ public: publicKey, iterations, salt, iv, sealed }: WrappedKey) {
  return { publicKey, fingerprint: await fingerprintInBrowser(publicKey), sealed: { salt, iv, iterations, ciphertext: sealed } }
}
