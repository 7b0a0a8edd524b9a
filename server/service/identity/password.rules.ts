/** What makes a password too weak. Pure and browser-safe: the form says it while one types. GB/T 22239-2019 §8.1.4.1 a). */

export type PasswordProblem = 'short' | 'common' | 'contains_account' | 'same_as_before' | 'too_simple'

export const SHORTEST_PASSWORD = 12
const FEWEST_DIFFERENT_CHARACTERS = 6

/** Words that guessing begins with, folded as `folded` does; a password that is only such words and figures is as good as none. */
const COMMON = [
  ...['password', 'passwd', 'passcode', 'secret', 'letmein', 'welcome', 'login', 'changeme', 'default', 'temporary', 'test', 'demo', 'guest', 'user'],
  ...['admin', 'administrator', 'root', 'system', 'superuser', 'manager', 'master', 'server', 'oracle', 'postgres', 'mysql', 'huawei', 'windows'],
  ...['iloveyou', 'sunshine', 'princess', 'dragon', 'monkey', 'football', 'baseball', 'superman', 'batman', 'shadow', 'trustno', 'hello', 'whatever'],
  ...['qwerty', 'qwertyuiop', 'asdf', 'asdfgh', 'asdfghjkl', 'zxcv', 'zxcvbn', 'zxcvbnm', 'qazwsx', 'qazwsxedc', 'qweasd', 'qweasdzxc', 'qwe', 'asd', 'zxc'],
  ...['woaini', 'nihao', 'wodemima', 'mima', 'zhongguo', 'china', 'beijing', 'shanghai', 'shandong', 'jinan', 'zhengfu', 'zhengwu', 'zhenghe', 'dashuju'],
  ...['gongan', 'shuiwu', 'caizheng', 'gov', 'government', 'spring', 'summer', 'autumn', 'winter', 'january', 'monday', 'abc', 'abcd', 'abcdef', 'aaa'],
]
const LOOKALIKES: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }
const ONLY_COMMON_WORDS = new RegExp(`^(?:${[...COMMON].sort((a, b) => b.length - a.length).join('|')})+$`)

/** The first thing wrong with a new password, or undefined where it may be used. */
export function passwordProblem(password: string, { account, old }: { account: string; old?: string }): PasswordProblem | undefined {
  const text = password.normalize('NFKC')
  if ([...text].length < SHORTEST_PASSWORD) return 'short'
  if (old !== undefined && text === old.normalize('NFKC')) return 'same_as_before'
  if (text.toLowerCase().includes(account.toLowerCase())) return 'contains_account'
  if (isCommon(text)) return 'common'
  return isTooSimple(text) ? 'too_simple' : undefined
}

/** Whether nothing but common words, figures and signs is in it, plainly or with look-alike signs for letters. */
function isCommon(text: string): boolean {
  const lower = text.toLowerCase()
  const plain = lower.replace(/[^\p{L}]/gu, '')
  const read = lower
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign] ?? sign)
    .replace(/[^\p{L}]/gu, '')
  return [plain, read].some((letters) => letters !== '' && ONLY_COMMON_WORDS.test(letters))
}

/** Whether it is figures alone, too few different characters, one piece repeated, or mostly a run such as 2345 or dcba. */
function isTooSimple(text: string): boolean {
  const characters = [...text]
  if (/^\d+$/.test(text)) return true
  if (new Set(characters).size < FEWEST_DIFFERENT_CHARACTERS) return true
  if (/^(.+?)\1+$/u.test(text)) return true
  const codes = characters.map((character) => character.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0))
  const runs = steps.filter((step, at) => Math.abs(step) === 1 && step === steps[at - 1]).length
  return runs > characters.length / 2
}
