import type { Code } from '@zhenghe/server/support/standards/contract.ts'

export type CodeLine = Pick<Code, 'code' | 'nameZh' | 'nameEn' | 'parent' | 'endedOn'>
export type ReadLines = { codes: CodeLine[] /** Lines, counted from 1, without a code or a name. */; broken: number[] }

/** Codes as text, one a line, tabs between: code, name, English name, parent, day ended. */
export function writeCodeLines(codes: readonly CodeLine[]): string {
  return codes.map(({ code, nameZh, nameEn, parent, endedOn }) => [code, nameZh, nameEn, parent ?? '', endedOn ?? ''].join('\t').trimEnd()).join('\n')
}

/** The same read back, as typed or as pasted from a sheet; empty lines are passed over. */
export function readCodeLines(text: string): ReadLines {
  const broken: number[] = []
  const codes = text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return []
    const [code = '', nameZh = '', nameEn = '', parent = '', endedOn = ''] = line.split('\t').map((cell) => cell.trim())
    if (code === '' || nameZh === '') {
      broken.push(index + 1)
      return []
    }
    return [{ code, nameZh, nameEn, parent: parent || null, endedOn: endedOn || null }]
  })
  return { codes, broken }
}
