/** Pure: what a file is by its bytes, whatever its name says. Browser-safe: a form refuses by the rule the server decides by. */

export const EXTENSIONS = ['doc', 'docx', 'xls', 'xlsx', 'pdf', 'png', 'jpg', 'jpeg'] as const
export type Extension = (typeof EXTENSIONS)[number]

const TYPES: Record<Extension, string> = {
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
}

const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
const ZIP = [0x50, 0x4b, 0x03, 0x04]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const JPEG = [0xff, 0xd8, 0xff]
const PDF = [0x25, 0x50, 0x44, 0x46, 0x2d]
const MACROS = 'vbaProject.bin'

/** What the bytes of each kind of file begin with, and the parts that tell one office document from another. */
const MARKS: Record<Extension, { begins: readonly number[]; holds?: readonly string[]; wide?: true }> = {
  doc: { begins: OLE, holds: ['WordDocument'], wide: true },
  xls: { begins: OLE, holds: ['Workbook', 'Book'], wide: true },
  docx: { begins: ZIP, holds: ['word/document.xml'] },
  xlsx: { begins: ZIP, holds: ['xl/workbook.xml'] },
  pdf: { begins: PDF },
  png: { begins: PNG },
  jpg: { begins: JPEG },
  jpeg: { begins: JPEG },
}

/** The media type of a file that is what its name says it is; undefined where it is not, is of another kind, or carries macros. */
export function attachmentType(name: string, bytes: Uint8Array): string | undefined {
  const extension = extensionOf(name)
  if (!extension) return undefined
  const { begins, holds, wide } = MARKS[extension]
  if (!begins.every((byte, at) => bytes[at] === byte)) return undefined
  if (holds && !holds.some((part) => contains(bytes, wide ? wideText(part) : plainText(part)))) return undefined
  const macros = begins === ZIP ? contains(bytes, plainText(MACROS)) : begins === OLE && contains(bytes, wideText('_VBA_PROJECT'))
  return macros ? undefined : TYPES[extension]
}

export function extensionOf(name: string): Extension | undefined {
  const dot = name.lastIndexOf('.')
  const extension = name.slice(dot + 1).toLowerCase()
  return dot < 0 ? undefined : EXTENSIONS.find((one) => one === extension)
}

const plainText = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0))
/** As the names of streams stand in a compound document: two bytes a character. */
const wideText = (text: string): number[] => plainText(text).flatMap((code) => [code, 0])

function contains(bytes: Uint8Array, part: readonly number[]): boolean {
  const [first = 0] = part
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, offset) => bytes[at + offset] === byte)) return true
  }
  return false
}

/** A name without a path or characters that mean something to a file system; at most 120 characters, its extension kept. */
export function tidyName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  const clean = Array.from(base, (character) => (character < ' ' || '<>:"|?*\u007f'.includes(character) ? '_' : character)).join('')
  const dot = clean.lastIndexOf('.')
  const longest = 120
  return clean.length <= longest || dot < 0 ? clean.slice(0, longest) : clean.slice(0, longest - (clean.length - dot)) + clean.slice(dot)
}
