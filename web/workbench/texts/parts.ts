/** Words of the parts that several modules of screens share. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

export const partWords = {
  ledger: { zh: '账本记录', en: 'In the ledger' },
  noLedger: { zh: '账本中还没有记录。', en: 'Nothing stands in the ledger yet.' },
  proofOf: { zh: '查看账本第 {line} 行的证明', en: 'See the proof of ledger line {line}' },
} satisfies Record<string, Text>
