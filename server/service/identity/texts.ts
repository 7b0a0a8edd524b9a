import type { Labels } from '../../kernel/texts.ts'
import type { AccountState, Administrator, Session } from './contract.ts'
import type { PasswordProblem } from './password.rules.ts'

export const accountStates = {
  active: { zh: '正常', en: 'Active' },
  locked: { zh: '已锁定', en: 'Locked' },
  closed: { zh: '已注销', en: 'Closed' },
  awaiting_first_sign_in: { zh: '待首次登录', en: 'Awaiting first sign-in' },
} satisfies Labels<AccountState>

export const factors = {
  password: { zh: '密码', en: 'Password' },
  totp: { zh: '密码和动态口令', en: 'Password and one-time code' },
  passkey: { zh: '通行密钥', en: 'Passkey' },
} satisfies Labels<Session['factor']>

export const passwordProblems = {
  short: { zh: '至少 12 位', en: 'At least 12 characters' },
  common: { zh: '这是常见密码', en: 'This is a common password' },
  contains_account: { zh: '不能包含账号名', en: 'It must not contain the account name' },
  same_as_before: { zh: '不能与旧密码相同', en: 'It must differ from the old one' },
  too_simple: { zh: '过于简单：不能只用数字、重复或连续的字符', en: 'Too simple: not only digits, repetitions or runs of characters' },
} satisfies Labels<PasswordProblem>

export const administrators = {
  system: { zh: '系统管理员', en: 'System administrator' },
  security: { zh: '安全管理员', en: 'Security administrator' },
  audit: { zh: '审计管理员', en: 'Audit administrator' },
} satisfies Labels<Administrator>
