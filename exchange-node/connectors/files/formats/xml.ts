/** XML: every element right below the outermost one is a row, its attributes and simple child elements are the values. Entities other than XML's own five are refused, so nothing outside is ever read. */
import type { Readable } from 'node:stream'
import sax from 'sax'
import { refusal } from '../../../refusal.ts'
import { utf8 } from '../encoding.ts'
import type { FileFormat, FileRecord } from '../records.ts'

export const xml: FileFormat = { name: 'XML', records }

const ROW_DEPTH = 2
const LONGEST_ROW = 7 << 20

async function* records(content: Readable): AsyncGenerator<FileRecord> {
  const rows = new Rows()
  for await (const chunk of utf8(content)) yield* rows.read(chunk.toString())
  yield* rows.end()
}

class Rows {
  readonly #parser = sax.parser(true, { trim: false, position: true })
  #found: FileRecord[] = []
  #values: Record<string, string | null> = {}
  #path: string[] = []
  #text = ''
  #bytes = 0

  constructor() {
    this.#parser.onopentag = ({ name, attributes }) => this.#open(name, attributes as Record<string, string>)
    this.#parser.onclosetag = () => this.#close()
    this.#parser.ontext = (text) => this.#take(text)
    this.#parser.oncdata = (text) => this.#take(text)
    this.#parser.onerror = (error) => {
      throw refusal(
        'source_value',
        `source: line ${this.#parser.line + 1} is no well-formed XML (${error.message.split('\n')[0]}): mend the file, then resume`,
        error,
      )
    }
  }

  read(text: string): FileRecord[] {
    this.#parser.write(text)
    return this.#taken()
  }

  end(): FileRecord[] {
    this.#parser.close()
    return this.#taken()
  }

  #taken(): FileRecord[] {
    const found = this.#found
    this.#found = []
    return found
  }

  #open(name: string, attributes: Record<string, string>): void {
    this.#path.push(name)
    this.#text = ''
    if (this.#path.length === ROW_DEPTH) {
      this.#values = { ...attributes }
      this.#bytes = 0
    }
    const missing = Object.entries(attributes).some(([attribute, value]) => /(^|:)nil$/.test(attribute) && value === 'true')
    if (missing) this.#values[name] = null
  }

  #take(text: string): void {
    this.#text += text
    this.#bytes += text.length
    if (this.#bytes > LONGEST_ROW) throw refusal('row_too_long', `source: the row at line ${this.#parser.line + 1} is longer than ${LONGEST_ROW} characters`)
  }

  #close(): void {
    const name = this.#path.join('/').split('/').slice(ROW_DEPTH).join('/')
    if (this.#path.length === ROW_DEPTH) this.#found.push({ values: this.#values, line: this.#parser.line + 1 })
    else if (this.#path.length > ROW_DEPTH && !(name in this.#values)) this.#values[name] = this.#text
    this.#text = ''
    this.#path.pop()
  }
}
