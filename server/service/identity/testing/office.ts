/** An office with people, and browsers in which they sign in, for tests of this module. */
import type { IncomingMessage } from 'node:http'
import { Secret, TOTP } from 'otpauth'
import type { z } from 'zod'
import type { Unit } from '../../../assurance/organizations/contract.ts'
import { smallCity } from '../../../assurance/organizations/testing.ts'
import type { Endpoint, Id } from '../../../kernel/contract.ts'
import { NOBODY } from '../../../kernel/platform.ts'
import type { As, TestPlatform } from '../../../kernel/testing/testing.ts'
import { contract, type SignInResult } from '../contract.ts'
import { identify } from '../session.ts'

export const ORIGIN = 'https://zhenghe.example.gov.cn'
export const PASSWORD = '云泽-Harbour-7 lanterns'

export type Staff = { person: Id; name: string; account: string; password: string }

/** A unit, its security administrator's caller, and a maker of people whose accounts have the password above. */
export async function office(t: TestPlatform) {
  const city = await smallCity(t)
  const unit: Unit = await city.newUnit()
  const as = (who: As) => t.as(who)(contract)
  const security = as({ rights: ['identity.administer'], person: '00000000-0000-4000-8000-00000000aaaa' })
  let made = 0

  async function newStaff(posts: readonly string[] = []): Promise<Staff> {
    const { id, name } = await city.newPerson(unit)
    for (const post of posts) await city.appointer.appoint({ person: id, post, unit: unit.id })
    const account = `staff${++made}.wang`
    const { password } = await security.openAccount({ person: id, name: account })
    await as({ person: id }).changePassword({ old: password, new: PASSWORD })
    return { person: id, name, account, password: PASSWORD }
  }
  return { city, unit, as, security, newStaff, browser: () => browserOf(t) }
}

export type Browser = ReturnType<typeof browserOf>

/** Keeps the session cookie between calls and is known by it, as over HTTP. */
export function browserOf(t: TestPlatform) {
  let cookie: string | null = null
  const request = () => ({ headers: cookie ? { cookie: `theme=dark; zh_session=${cookie}` } : {} }) as IncomingMessage
  const who = async () => (await identify(t.platform, request())) ?? NOBODY

  async function call<E extends Endpoint>(endpoint: E, input: z.input<E['in']>): Promise<z.output<E['out']>> {
    const from = { address: '10.0.0.7', agent: 'test browser', origin: ORIGIN }
    return t.platform.run(endpoint, { actor: await who(), now: t.platform.now(), from }, input, {
      cookies: (set) => {
        for (const [, value] of set) cookie = value
      },
    })
  }
  return {
    who,
    call,
    cookie: () => cookie,
    signIn: ({ account, password }: { account: string; password: string }): Promise<SignInResult> => call(contract.signIn, { account, password }),
  }
}

/** The code that an authenticator app shows at a moment. */
export function codeAt(secret: string, moment: string): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.parse(moment) })
}
