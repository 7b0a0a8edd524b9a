import { refusals as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { refusals as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { refusals as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { refusals as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { refusals as objections } from '@zhenghe/server/data/objections/contract.ts'
import type { Refusals } from '@zhenghe/server/kernel/contract.ts'
import { refusals as desk } from '@zhenghe/server/kernel/desk/contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { refusals as identity } from '@zhenghe/server/service/identity/contract.ts'
import { refusals as standards } from '@zhenghe/server/support/standards/contract.ts'
import { ledgerWords as words } from '../../../texts/ledger.ts'

const known: Refusals = { ...desk, ...organizations, ...identity, ...standards, ...nodes, ...catalog, ...exchange, ...objections }
const kernel: Readonly<Record<string, Text>> = {
  'kernel.forbidden': words.whyForbidden,
  'kernel.sign_in': words.whySignIn,
  'kernel.bad_input': words.whyInput,
}

/** What a refusal's code told the person; the code itself where no text is known. */
export function refusalText(code: string): Text {
  return known[code]?.text ?? kernel[code] ?? { zh: code, en: code }
}
