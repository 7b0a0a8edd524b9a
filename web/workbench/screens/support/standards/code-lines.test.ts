import { expect, test } from 'vitest'
import { readCodeLines, writeCodeLines } from './code-lines.ts'

const codes = [
  { code: '1', nameZh: '男', nameEn: 'Male', parent: null, endedOn: null },
  { code: '11', nameZh: '其他', nameEn: '', parent: '1', endedOn: '2026-01-01' },
]

test('codes written as lines are read back the same', () => {
  expect(readCodeLines(writeCodeLines(codes))).toEqual({ codes, broken: [] })
})
test('lines pasted from a sheet may end in any way; empty ones are passed over', () => {
  expect(readCodeLines('1\t男\r\n\r\n2\t女\n').codes.map(({ code }) => code)).toEqual(['1', '2'])
})
test('a line without code or name is named by its number', () => {
  expect(readCodeLines('1\t男\n\t女\n3').broken).toEqual([2, 3])
})
