/** A folder of this machine, or one that is mounted there. */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { AddressProblem } from '../address.ts'
import { type FileInfo, inside, type Place } from './place.ts'

const CHUNK_BYTES = 1 << 20

/** The folder of `file:///srv/exchange`. */
export function folderAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  if (host !== '') throw new AddressProblem('the address of a folder has three slashes and no host; a share of another machine is mounted first')
  return fileURLToPath(`${protocol}//${pathname}`)
}

export class Folder implements Place {
  readonly product = '文件夹'
  readonly name: string
  readonly #root: string

  constructor(root: string) {
    this.#root = path.resolve(root)
    this.name = this.#root
  }

  async list(folder: string): Promise<FileInfo[]> {
    const from = this.#at(folder)
    const entries = await readdir(from, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)))
    const shown = files.filter((file) => !file.split(path.sep).some((part) => part.startsWith('.')))
    const found = await Promise.all(shown.map((file) => this.stat(inside(folder, file.split(path.sep).join('/')))))
    return found.filter((info) => info !== undefined)
  }

  async stat(file: string): Promise<FileInfo | undefined> {
    const info = await stat(this.#at(file), { bigint: true }).catch(absent)
    if (!info?.isFile()) return undefined
    return { path: file, bytes: Number(info.size), modified: info.mtime.toISOString(), version: `${info.size}-${info.mtimeNs}-${info.ino}` }
  }

  async read(file: string): Promise<Readable> {
    const handle = await open(this.#at(file))
    return handle.createReadStream({ highWaterMark: CHUNK_BYTES })
  }

  async slice(file: string, from: number, to: number): Promise<Readable> {
    if (to <= from) return Readable.from([])
    const handle = await open(this.#at(file))
    return handle.createReadStream({ start: from, end: to - 1, highWaterMark: CHUNK_BYTES })
  }

  content(file: string): Promise<Buffer | undefined> {
    return readFile(this.#at(file)).catch(absent)
  }

  async write(file: string, content: Readable): Promise<void> {
    const whole = this.#at(file)
    const part = `${whole}.${randomUUID().slice(0, 8)}.part`
    await mkdir(path.dirname(whole), { recursive: true })
    try {
      await pipeline(content, fs.createWriteStream(part, { flush: true }))
      await rename(part, whole)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }

  async move(from: string, to: string): Promise<void> {
    await mkdir(path.dirname(this.#at(to)), { recursive: true })
    await rename(this.#at(from), this.#at(to))
  }

  async remove(file: string): Promise<void> {
    await rm(this.#at(file), { recursive: true, force: true })
  }

  async end(): Promise<void> {}

  #at(file: string): string {
    return path.join(this.#root, inside(file))
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}
