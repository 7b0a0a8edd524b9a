import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  divisionLevel,
  isOrganizationCode,
  isResidentId,
  isUscc,
  maskResidentId,
  organizationCodeCheck,
  parseResourceCode,
  residentIdCheck,
  residentIdProblem,
  usccCheck,
  usccProblem,
} from './identifiers.ts'

test.each(['11370800MB28559184', '11110000000021135M', '113700000045046442', '91230500MA1B3N1N2M'])('GB 32100 the code %s is right', (code) => {
  expect(isUscc(code)).toBe(true)
  expect(isOrganizationCode(code.slice(8, 17))).toBe(true)
})

test('GB 32100 a wrong code says what is wrong', () => {
  expect(usccProblem('11110000000021135N')).toBe('check')
  expect(usccProblem('1111000000002113')).toBe('length')
  expect(usccProblem('11110000000021I35M')).toBe('alphabet')
  expect(usccProblem('91230500ma1b3n1n2m')).toBe('alphabet')
  expect(usccProblem('11A10000000021135M')).toBe('alphabet') // positions 3–8 are a division
})

test('GB 32100 any one changed character is found', () => {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const body = fc.tuple(fc.stringMatching(/^[19NY][1-3]\d{6}$/), fc.stringMatching(/^[0-9A-HJ-NP-RTUWXY]{9}$/)).map((parts) => parts.join(''))
  fc.assert(
    fc.property(body, fc.nat(17), fc.nat(30), (first17, at, letter) => {
      const code = first17 + usccCheck(first17)
      const other = alphabet.charAt(letter)
      expect(isUscc(code)).toBe(true)
      fc.pre(code.charAt(at) !== other)
      expect(isUscc(code.slice(0, at) + other + code.slice(at + 1))).toBe(false)
    }),
  )
})

test.each(['11010519491231002X', '440524188001010014', '652823197506173113'])('GB 11643 the number %s is right', (number) => {
  expect(isResidentId(number)).toBe(true)
})

test.each(['81000019900101001', '82000019900101002', '83000019900101003', '91137119900101004'])(
  'GB 11643 residence permits and permanent residents’ cards are numbers too: %s',
  (first17) => {
    expect(isResidentId(first17 + residentIdCheck(first17))).toBe(true)
  },
)

test('GB 11643 a wrong number says what is wrong', () => {
  expect(residentIdProblem('110105194912310021')).toBe('check')
  expect(residentIdProblem('11010519491231002')).toBe('length')
  expect(residentIdProblem('11010519491231002x')).toBe('alphabet')
  expect(residentIdProblem('000105194912310021')).toBe('region')
  expect(residentIdProblem('110105190002290021')).toBe('date') // 1900 was no leap year
  expect(residentIdProblem('110105199913010021')).toBe('date')
})

test('GB 11643 the masked form keeps the first and the last four', () => {
  expect(maskResidentId('11010519491231002X')).toBe('1101**********002X')
  expect(maskResidentId('110105491231002')).toBe('1101*******1002')
  expect(maskResidentId('12345678')).toBe('********')
})

test.each([
  ['00002113', '5'],
  ['MB285591', '8'],
  ['D2143569', 'X'],
])('GB 11714 the check of %s is %s', (first8, check) => {
  expect(organizationCodeCheck(first8)).toBe(check)
  expect(isOrganizationCode(`${first8}-${check}`)).toBe(true)
  expect(isOrganizationCode(`${first8}-${check === '0' ? '1' : '0'}`)).toBe(false)
})

test.each([
  ['100000', 'nation'],
  ['370000', 'province'],
  ['370400', 'prefecture'],
  ['370402', 'county'],
  ['370402000', 'county'],
  ['370402001', 'town'],
  ['370402001000', 'town'],
  ['370402001201', 'village'],
  ['370400000000', 'prefecture'],
  ['370002', undefined],
  ['370402000201', undefined],
  ['441900003', 'town'], // Dongguan has no counties
  ['440000003', undefined],
  ['3704021', undefined],
  ['070402', undefined],
] as const)('GB/T 2260 the code %s names a %s', (code, level) => {
  expect(divisionLevel(code)).toBe(level)
})

test('发改高技〔2017〕1272号 a resource code has class, item, heading, detail and number', () => {
  expect(parseResourceCode('30301702/00012')).toEqual({ class: '3', item: '03', heading: '017', detail: '02', sequence: '00012' })
  expect(parseResourceCode('303017/1')?.detail).toBe('')
  for (const wrong of ['40301702/00012', '30301/1', '30301702', '30301702/', '303017O2/1']) expect(parseResourceCode(wrong)).toBeUndefined()
})
