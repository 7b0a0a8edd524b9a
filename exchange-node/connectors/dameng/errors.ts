/** What 达梦's error numbers and words mean for a delivery. Its numbers are told where they are known for certain; its words, in either language, for the others. */
import { Refusal } from '../../refusal.ts'
import type { Side } from '../sql/dialect.ts'
import { because, type Meaning, meanings, words } from '../sql/meanings.ts'

const MEANINGS = meanings([
  [words.login, [2501]],
  [words.gone, [6001, 6060]],
  [words.unreachable, [20009]],
  [words.slow, [20010]],
  [words.busy, [6403, 6407]],
  [words.missing, [2106]],
  [words.changed, [2111]],
  [words.duplicate, [6602]],
  [words.unfit, [6007, 6057, 6067, 6092, 6103, 6609, 20024]],
] as const satisfies readonly (readonly [Meaning, readonly number[]])[])
const SAID: readonly (readonly [RegExp, Meaning])[] = [
  [/用户名或密码|密码.*过期|用户.*锁定|user ?name or password|password.*expired|account.*locked/i, words.login],
  [/没有.*权限|权限不足|no .*(privilege|permission)|insufficient privilege/i, words.noRight],
  [/空间不足|空间已满|磁盘.*满|超过.*(空间|配额)限制|out of (disk )?space|no space|tablespace.*(full|limit)/i, words.full],
  [/唯一性约束|唯一约束|unique constraint/i, words.duplicate],
  [/无效的(表|视图|表或视图)名|invalid table or view/i, words.missing],
  [/无效的列名|invalid column/i, words.changed],
  [/锁超时|死锁|lock.*time ?out|deadlock/i, words.busy],
  [/(查询|执行|语句).*超时|statement.*time ?out|time ?out.*statement/i, words.slow],
  [/数据(类型)?转换|数据溢出|超出.*(长度|范围|精度)|字符串截断|overflow|out of range|truncat|data conversion/i, words.unfit],
  [/网络通信|网络通讯|连接已?(断开|关闭)|communication|connection (is )?(closed|lost|ended)|socket/i, words.gone],
]

type DriverError = Error & { errCode?: number; code?: string }

/** A refusal where the error is known here; otherwise the error as it came, which `explain` knows. */
export function explained(error: unknown, side: Side): unknown {
  if (error instanceof Refusal) return error
  const { errCode, code, message } = error as DriverError
  if (/^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH)$/.test(code ?? '')) return error
  const meaning = (errCode === undefined ? undefined : MEANINGS.get(Math.abs(errCode))) ?? SAID.find(([said]) => said.test(message))?.[1]
  return meaning ? because(meaning, message, side, error) : error
}
