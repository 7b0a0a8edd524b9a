/** Where files lie: a folder, an SFTP server, a bucket. Paths are relative, with slashes, and never lead out of the place. */
import path from 'node:path'
import type { Readable } from 'node:stream'
import { refusal } from '../../refusal.ts'

/** `version` changes whenever the content does: size and time, or the store's own tag. */
export type FileInfo = { path: string; bytes: number; modified: string; version: string }

export interface Place {
  /** «SFTP», and where: host and folder, bucket and prefix. Never a password. */
  readonly product: string
  readonly name: string
  /** Files below a folder (`''` is the place itself), however deep; names that begin with a dot only where the folder's own does. */
  list(folder: string): Promise<FileInfo[]>
  stat(file: string): Promise<FileInfo | undefined>
  /** The bytes of a file as they come. Rejects where there is none. */
  read(file: string): Promise<Readable>
  /** The bytes of a file from one place up to another, not included. Absent where a part of a file costs as much as all of it. */
  slice?(file: string, from: number, to: number): Promise<Readable>
  /** All of a small file; undefined where there is none. */
  content(file: string): Promise<Buffer | undefined>
  /** The whole file appears at once, in place of an older one, or not at all. */
  write(file: string, content: Readable): Promise<void>
  /** In place of an older file. */
  move(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all below it; what is not there is no trouble. */
  remove(file: string): Promise<void>
  end(): Promise<void>
}

/** A path that is safe to use below a place. Refuses `source_missing` for one that would lead out of it. */
export function inside(...parts: string[]): string {
  const joined = path.posix.normalize(parts.filter((part) => part !== '' && part !== '.').join('/'))
  if (joined.startsWith('..') || joined.startsWith('/') || joined.includes('\0'))
    throw refusal('source_missing', `«${joined}» leads out of the place that this store names`)
  return joined === '.' ? '' : joined
}

export async function readWhole(place: Place, file: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of await place.read(file)) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes > mostBytes) throw refusal('row_too_long', `source: ${file} is larger than the ${mostBytes} bytes that are read of such a file`)
  }
  return Buffer.concat(chunks)
}
