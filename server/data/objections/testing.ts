/** What objections of tests say. */
import type { z } from 'zod'
import type { Raising } from './contract.ts'

type Wish = z.input<typeof Raising>

export function raisingOf(wish: Partial<Wish>): Wish {
  return {
    ...{ kind: 'other', title: '法定代表人信息与执照不一致', description: '抽查发现与营业执照记载不一致，请核实。', contact: '王某', phone: '13900001234' },
    ...wish,
  }
}

export const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')
