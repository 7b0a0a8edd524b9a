import { expect, test } from 'vitest'
import { differences } from './difference.rules.ts'
import { contentOf } from './testing.ts'

const before = contentOf('8f6f0b52-6f5e-4f6e-9b53-0d6f3c1f6a10')

test('two equal versions do not differ, whatever the order of their items', () => {
  expect(differences(before, { ...before, items: [...before.items].reverse() })).toEqual([])
})

test('a reviewer sees what changed, came and went', () => {
  const [key, name, capital] = before.items
  const after = {
    ...before,
    abstract: '全市企业登记的当前状态和历史',
    share: { ...before.share, type: 'unconditional' as const },
    items: [key!, { ...name!, length: 200 }, capital!, { ...capital!, name: '实收资本', column: 'paid_in' }],
  }
  expect(differences(before, after)).toEqual([
    { path: 'abstract', kind: 'changed', before: before.abstract, after: after.abstract },
    { path: 'share.type', kind: 'changed', before: 'conditional', after: 'unconditional' },
    { path: 'items.name.length', kind: 'changed', before: 100, after: 200 },
    { path: 'items.paid_in', kind: 'added', after: '实收资本' },
    { path: 'items.established_on', kind: 'removed', before: '成立日期' },
  ])
})
