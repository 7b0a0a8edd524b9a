import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from './fold.ts'
import { excerpt, highlight } from './highlight.ts'

const marked = (text: string, query: string) => highlight(text, query).map(({ from, to }) => text.slice(from, to))

test('every occurrence of every term is marked in the text as written; those that touch are one', () => {
  expect(marked('臺灣企業登記，企业名单 GDP', '企业 登记 gdp')).toEqual(['企業登記', '企业', 'GDP'])
  expect(marked('ａｂｃ１２', 'AB')).toEqual(['ａｂ'])
  expect(marked('2024 24', '24')).toEqual(['24'])
  expect(marked('企业', '（）')).toEqual([])
})

test('an excerpt begins shortly before the first occurrence', () => {
  const text = `${'天地玄黄'.repeat(20)}企业登记${'宇宙洪荒'.repeat(20)}`
  const { text: cut, ranges } = excerpt(text, '企业', 20)
  expect(cut).toBe('…黄天地玄黄企业登记宇宙洪荒宇宙洪荒宇宙洪…')
  expect(ranges.map(({ from, to }) => cut.slice(from, to))).toEqual(['企业'])
  expect(excerpt('企业登记', '登记', 20)).toEqual({ text: '企业登记', ranges: [{ from: 2, to: 4 }] })
})

test('an excerpt cuts no character in two', () => {
  const anyText = fc.string({ unit: 'grapheme', minLength: 5, maxLength: 60 })
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 12 }), fc.string(), (text, length, query) => {
      expect(excerpt(text, query, length).text.isWellFormed()).toBe(true)
    }),
  )
})

test('folding keeps the length, and what is part of a text is part of it folded', () => {
  const anyText = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(fold(a)).toHaveLength(a.length)
      expect(fold(a + b)).toBe(fold(a) + fold(b))
    }),
  )
})
