/**
 * Identity (统一身份认证), the part for staff: accounts, passwords, second factors, passkeys, sessions, lock-out,
 * and the signing key by which an approver signs grants in the browser (the platform holds it only sealed under the approver's PIN).
 */
import { SigningKeyText, SuiteName } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { Division, Person, Unit } from '../../assurance/organizations/contract.ts'
import { command, Id, Moment, PageInput, PUBLIC, pageOf, query, type Refusals, type Rights, SIGNED_IN } from '../../kernel/contract.ts'

export const AccountName = z.string().regex(/^[a-z][a-z0-9._-]{2,39}$/)
export const Password = z.string().min(1).max(200)

export const Me = z.object({
  person: z.object({ id: Id, name: z.string(), title: z.string() }),
  unit: z.object({ id: Id, name: z.string(), shortName: z.string(), division: z.string() }),
  account: AccountName,
  posts: z.array(z.string()),
  holdings: z.array(z.object({ right: z.string(), unit: Id.optional(), division: z.string().optional() })),
  session: Id,
  secondFactor: z.boolean().meta({ description: 'whether one-time codes are in force' }),
  passkeys: z.int(),
  signingKey: z.boolean(),
  mustChangePassword: z.boolean(),
})
export type Me = z.infer<typeof Me>

/** What signing in leads to: done, or one more step with a ticket that lives five minutes. */
export const SignInResult = z.discriminatedUnion('step', [
  z.object({ step: z.literal('done'), me: Me }),
  z.object({ step: z.literal('second_factor'), ticket: z.string(), methods: z.array(z.enum(['totp', 'passkey'])) }),
])
export type SignInResult = z.infer<typeof SignInResult>

export const Session = z.object({
  id: Id,
  openedAt: Moment,
  seenAt: Moment,
  address: z.string(),
  agent: z.string(),
  current: z.boolean(),
  factor: z.enum(['password', 'totp', 'passkey']),
})
export type Session = z.infer<typeof Session>
export const Passkey = z.object({ id: Id, name: z.string(), madeAt: Moment, usedAt: Moment.nullable() })
export type Passkey = z.infer<typeof Passkey>

/** A browser-made key, Ed25519 or SM2: the public half as nodes pin it, the private half sealed under the approver's PIN (PBKDF2, AES-256-GCM). */
export const SigningKey = z.object({
  publicKey: SigningKeyText,
  fingerprint: z.string(),
  sealed: z.object({ salt: z.string(), iv: z.string(), iterations: z.int().min(600_000), ciphertext: z.string() }),
  madeAt: Moment,
})
export type SigningKey = z.infer<typeof SigningKey>

export const AccountState = z.enum(['active', 'locked', 'closed', 'awaiting_first_sign_in']).meta({
  description: 'awaiting_first_sign_in: the one-time password has not been replaced yet',
})
export type AccountState = z.infer<typeof AccountState>
export const Account = z.object({
  person: Id,
  name: AccountName,
  state: AccountState,
  lockedUntil: Moment.nullable(),
  lastSignIn: Moment.nullable(),
  secondFactor: z.boolean().meta({ description: 'whether one-time codes are in force' }),
  passkeys: z.int(),
})
export type Account = z.infer<typeof Account>

/** One of the three administrators with whom a platform begins; the password is the one this person has chosen. */
export const Founder = Person.pick({ name: true, title: true, phone: true }).extend({ account: AccountName, password: Password })
export type Founder = z.infer<typeof Founder>
/** The separated administrators (三员): three accounts for three people. */
export const ADMINISTRATORS = ['system', 'security', 'audit'] as const
export type Administrator = (typeof ADMINISTRATORS)[number]
export const FirstRun = z.object({
  secret: z.string().max(100).meta({ description: 'from the file whose path the start has logged' }),
  division: Division.pick({ code: true, name: true }),
  unit: Unit.pick({ uscc: true, name: true, shortName: true }),
  administrators: z.object({ system: Founder, security: Founder, audit: Founder }),
})
export type FirstRun = z.infer<typeof FirstRun>

export const refusals = {
  'identity.wrong_credentials': {
    status: 401,
    keeps: true,
    text: {
      zh: '账号或密码不正确。连续输错 5 次将锁定 15 分钟。',
      en: 'The account or the password is wrong. Five wrong attempts in a row lock the account for 15 minutes.',
    },
  },
  'identity.locked': {
    status: 429,
    keeps: true,
    params: z.object({ until: Moment, minutes: z.int() }),
    text: {
      zh: '账号已锁定，请在 {minutes} 分钟后重试，或联系本单位的安全管理员解锁。',
      en: 'The account is locked. Try again in {minutes} minutes, or ask your security administrator.',
    },
  },
  'identity.wrong_code': {
    status: 401,
    keeps: true,
    text: { zh: '动态口令不正确或已用过，请等待下一个口令。', en: 'The code is wrong or was used already. Wait for the next one.' },
  },
  'identity.ticket_over': {
    status: 401,
    text: { zh: '登录步骤已超时，请重新输入账号和密码。', en: 'This sign-in has run out of time. Enter account and password again.' },
  },
  'identity.weak_password': {
    status: 422,
    params: z.object({ problem: z.enum(['short', 'common', 'contains_account', 'same_as_before', 'too_simple']) }),
    text: {
      zh: '新密码不够安全：至少 12 位，不含账号名，不用常见密码，也不与旧密码相同。',
      en: 'The new password is too weak: at least 12 characters, not the account name, not a common password, not the old one.',
    },
  },
  'identity.account_taken': {
    status: 409,
    constraint: 'account_name_once',
    text: { zh: '该账号名已被使用，请换一个。', en: 'This account name is taken. Choose another.' },
  },
  'identity.has_account': { status: 409, constraint: 'account_person_once', text: { zh: '此人已有账号。', en: 'This person already has an account.' } },
  'identity.unknown': { status: 404, text: { zh: '没有找到该账号或会话。', en: 'There is no such account or session.' } },
  'identity.passkey_failed': {
    status: 401,
    keeps: true,
    text: { zh: '通行密钥验证未通过，请重试或改用密码登录。', en: 'The passkey could not be verified. Try again or use the password.' },
  },
  'identity.passkey_known': {
    status: 409,
    constraint: 'passkey_credential_once',
    text: { zh: '该通行密钥已登记。', en: 'This passkey is already registered.' },
  },
  'identity.own_account': {
    status: 403,
    text: { zh: '不能对自己的账号做这项操作，请由另一名管理员办理。', en: 'Nobody may do this to their own account. Another administrator must do it.' },
  },
  'identity.busy': {
    status: 503,
    text: { zh: '当前登录人数较多，请稍等几秒后重试。', en: 'Many people are signing in at this moment. Try again in a few seconds.' },
  },
  'identity.bad_signing_key': {
    status: 422,
    constraint: 'signing_key_public_once',
    text: {
      zh: '签名密钥不可用：公钥、指纹不一致，或已被登记。请在浏览器中重新生成。',
      en: 'The signing key is not usable: public key and fingerprint do not belong together, or it is registered already. Make a new one in the browser.',
    },
  },
  'identity.first_run_over': {
    status: 409,
    constraint: 'founding_once',
    text: {
      zh: '平台已完成首次设置，或正由他人设置。请用已有账号登录。',
      en: 'This platform has been set up already, or somebody is doing so now. Sign in with an account.',
    },
  },
  'identity.first_run_secret': {
    status: 401,
    text: {
      zh: '首次设置口令不正确。请查看服务器启动日志中给出的文件。',
      en: 'The first-run secret is wrong. Look into the file that the server named in its log at the start.',
    },
  },
  'identity.key_exists': {
    status: 409,
    constraint: 'signing_key_current_once',
    text: {
      zh: '您已有签名密钥。更换密钥请先注销旧密钥，并通知前置节点管理员。',
      en: 'You already have a signing key. Retire it first, and tell your node operator.',
    },
  },
} satisfies Refusals

export const rights = {
  'identity.administer': { side: 'security', text: { zh: '开户、解锁、重置账号', en: 'Open, unlock and reset accounts' } },
} satisfies Rights

export const contract = {
  firstRunState: query('GET /identity/first-run', {
    summary: 'Whether this platform still waits for its first administrators',
    right: PUBLIC,
    in: z.object({}),
    out: z.object({ needed: z.boolean() }),
  }),
  firstRun: command('POST /identity/first-run', {
    summary: 'Set up an empty platform: its division, the unit that runs it, and three people as the three administrators',
    right: PUBLIC,
    in: FirstRun,
    out: z.object({ unit: Id, administrators: z.array(z.object({ side: z.enum(ADMINISTRATORS), person: Id, account: AccountName })) }),
    refusals: [
      'identity.first_run_over',
      'identity.first_run_secret',
      'identity.weak_password',
      'identity.account_taken',
      'organizations.bad_uscc',
      'organizations.uscc_taken',
      'organizations.unit_closed',
      'organizations.division_clash',
      'organizations.division_wrong',
      'organizations.sides_must_differ',
    ],
    personal: ['secret', 'password', 'phone'],
  }),
  signIn: command('POST /identity/session', {
    summary: 'Sign in with account and password',
    right: PUBLIC,
    in: z.object({ account: z.string().trim().toLowerCase().max(60), password: Password }),
    out: SignInResult,
    refusals: ['identity.wrong_credentials', 'identity.locked', 'identity.busy'],
    personal: ['account', 'password'],
  }),
  secondFactor: command('POST /identity/session/code', {
    summary: 'Finish signing in with a one-time code',
    right: PUBLIC,
    in: z.object({ ticket: z.string(), code: z.string().regex(/^\d{6}$/) }),
    out: SignInResult,
    refusals: ['identity.wrong_code', 'identity.ticket_over', 'identity.locked'],
    personal: ['ticket', 'code'],
  }),
  passkeyOptions: command('POST /identity/passkeys/challenge', {
    summary: 'A challenge for signing in by passkey (usernameless, or as second factor of a ticket)',
    right: PUBLIC,
    in: z.object({ ticket: z.string().optional() }),
    out: z.object({ ticket: z.string(), options: z.record(z.string(), z.unknown()) }),
    refusals: ['identity.ticket_over'],
    unrecorded: true,
  }),
  passkeySignIn: command('POST /identity/session/passkey', {
    summary: 'Sign in, or finish signing in, by passkey',
    right: PUBLIC,
    in: z.object({ ticket: z.string(), response: z.record(z.string(), z.unknown()) }),
    out: SignInResult,
    refusals: ['identity.passkey_failed', 'identity.ticket_over', 'identity.locked'],
    personal: ['ticket', 'response'],
  }),
  signOut: command('POST /identity/session/end', { summary: 'Sign out', right: SIGNED_IN, in: z.object({}), out: z.object({}) }),
  me: query('GET /identity/me', { summary: 'Who is signed in, with posts and rights', right: SIGNED_IN, in: z.object({}), out: Me }),
  changePassword: command('POST /identity/password', {
    summary: 'Change one’s own password; every other session ends',
    right: SIGNED_IN,
    in: z.object({ old: Password, new: Password }),
    out: z.object({}),
    refusals: ['identity.wrong_credentials', 'identity.weak_password', 'identity.locked'],
    personal: ['old', 'new'],
  }),
  beginTotp: command('POST /identity/totp/begin', {
    summary: 'A fresh TOTP secret, not in force until confirmed',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({ secret: z.string(), uri: z.string() }),
  }),
  confirmTotp: command('POST /identity/totp', {
    summary: 'Put the begun TOTP secret in force by showing a code of it',
    right: SIGNED_IN,
    in: z.object({ code: z.string().regex(/^\d{6}$/) }),
    out: z.object({}),
    refusals: ['identity.wrong_code'],
    personal: ['code'],
  }),
  removeTotp: command('POST /identity/totp/remove', {
    summary: 'Remove TOTP',
    right: SIGNED_IN,
    in: z.object({ password: Password }),
    out: z.object({}),
    refusals: ['identity.wrong_credentials', 'identity.locked'],
    personal: ['password'],
  }),
  passkeyRegistration: command('POST /identity/passkeys/registration', {
    summary: 'Options for making a passkey',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({ options: z.record(z.string(), z.unknown()) }),
    unrecorded: true,
  }),
  registerPasskey: command('POST /identity/passkeys', {
    summary: 'Register a passkey',
    right: SIGNED_IN,
    in: z.object({ name: z.string().min(1).max(60), response: z.record(z.string(), z.unknown()) }),
    out: Passkey,
    refusals: ['identity.passkey_failed', 'identity.passkey_known', 'identity.ticket_over'],
    personal: ['response'],
  }),
  passkeys: query('GET /identity/passkeys', { summary: 'One’s own passkeys, newest first', right: SIGNED_IN, in: z.object({}), out: z.array(Passkey) }),
  removePasskey: command('POST /identity/passkeys/{id}/remove', {
    summary: 'Remove one of one’s own passkeys',
    right: SIGNED_IN,
    in: z.object({ id: Id }),
    out: z.object({}),
    refusals: ['identity.unknown'],
  }),
  sessions: query('GET /identity/sessions', { summary: 'One’s own open sessions, last seen first', right: SIGNED_IN, in: z.object({}), out: z.array(Session) }),
  endSession: command('POST /identity/sessions/{id}/end', {
    summary: 'End one of one’s own sessions',
    right: SIGNED_IN,
    in: z.object({ id: Id }),
    out: z.object({}),
    refusals: ['identity.unknown'],
  }),
  endOtherSessions: command('POST /identity/sessions/end-others', {
    summary: 'End all of one’s own sessions but this',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({ ended: z.int() }),
  }),
  signingKey: query('GET /identity/signing-key', {
    summary: 'One’s own signing keys, sealed: the international one and the SM2 one; null where there is none',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.object({ key: SigningKey.nullable(), gm: SigningKey.nullable() }),
  }),
  keepSigningKey: command('POST /identity/signing-key', {
    summary: 'Keep a signing key made in the browser; one of each kind',
    right: SIGNED_IN,
    in: SigningKey.omit({ madeAt: true }),
    out: SigningKey,
    refusals: ['identity.key_exists', 'identity.bad_signing_key'],
    personal: ['sealed'],
  }),
  retireSigningKey: command('POST /identity/signing-key/retire', {
    summary: 'Retire one’s own signing key; what it signed stays valid',
    right: SIGNED_IN,
    in: z.object({ suite: SuiteName.default('international') }),
    out: z.object({}),
    refusals: ['identity.unknown'],
  }),
  signingKeys: query('GET /identity/signing-keys', {
    summary: 'Public signing keys of people, current and retired; for checking signatures',
    right: SIGNED_IN,
    in: z.object({ people: z.array(Id).max(200).optional(), fingerprint: z.string().optional() }),
    out: z.array(z.object({ person: Id, publicKey: z.string(), fingerprint: z.string(), madeAt: Moment, retiredAt: Moment.nullable() })),
  }),
  accounts: query('GET /identity/accounts', {
    summary: 'Accounts, by name',
    right: 'identity.administer',
    in: PageInput.extend({ text: z.string().optional(), state: AccountState.optional() }),
    out: pageOf(Account.extend({ personName: z.string(), unit: Id })),
  }),
  openAccount: command('POST /identity/accounts', {
    summary: 'Open an account; answers a one-time password that must be changed at the first sign-in and is shown only now',
    right: 'identity.administer',
    in: z.object({ person: Id, name: AccountName }),
    out: z.object({ account: Account, password: z.string() }),
    refusals: ['identity.account_taken', 'identity.has_account', 'identity.unknown'],
  }),
  resetAccount: command('POST /identity/accounts/{person}/reset', {
    summary: 'A new one-time password; second factors and sessions are removed',
    right: 'identity.administer',
    in: z.object({ person: Id }),
    out: z.object({ account: Account, password: z.string() }),
    refusals: ['identity.unknown', 'identity.own_account'],
  }),
  unlockAccount: command('POST /identity/accounts/{person}/unlock', {
    summary: 'Unlock an account',
    right: 'identity.administer',
    in: z.object({ person: Id }),
    out: Account,
    refusals: ['identity.unknown', 'identity.own_account'],
  }),
  closeAccount: command('POST /identity/accounts/{person}/close', {
    summary: 'Close an account; its sessions end at once',
    right: 'identity.administer',
    in: z.object({ person: Id }),
    out: Account,
    refusals: ['identity.unknown', 'identity.own_account'],
  }),
}
