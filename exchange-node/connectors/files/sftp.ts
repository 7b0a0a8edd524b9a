/** An SFTP server. Files are written beside their place and renamed, so that nobody sees half of one. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client, type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2'
import { refusal } from '../../refusal.ts'
import { AddressProblem } from '../address.ts'
import { type FileInfo, inside, type Place } from './place.ts'

export type SftpAddress = { host: string; port: number; user: string; password?: string; keyFile?: string; hostKey: string; root: string }

const CONNECT_MS = 10_000
const CHUNK_BYTES = 1 << 18
/** Channels for reading; a server allows ten of all kinds to a connection unless it is told otherwise. */
const READERS = 4

/** `sftp://user:password@host:22/folder?hostKey=SHA256:…`; in place of a password `key=/path/of/a/private/key`. Throws where the fingerprint of the server's key is missing. */
export function sftpAddress(url: string): SftpAddress {
  const { hostname: host, port, username, password, pathname, searchParams } = new URL(url)
  const hostKey = searchParams
    .get('hostKey')
    ?.replace(/^SHA256:/, '')
    .replaceAll(' ', '+')
  if (!hostKey)
    throw new AddressProblem(
      'the address names no hostKey: add ?hostKey=SHA256:…, as ssh-keygen -lf shows it for the server, so that no other server can stand in for it',
    )
  const keyFile = searchParams.get('key')
  return {
    ...{ host, port: Number(port || 22), user: decodeURIComponent(username), hostKey, root: decodeURIComponent(pathname) || '/' },
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(keyFile ? { keyFile } : {}),
  }
}

export class Sftp implements Place {
  readonly product = 'SFTP'
  readonly name: string
  readonly #address: SftpAddress
  /** folders that are known to be there */
  readonly #made = new Set<string>()
  readonly #waiting: (() => void)[] = []
  #reading = 0
  #link: Promise<Link> | undefined

  constructor(address: SftpAddress) {
    this.#address = address
    this.name = `${address.host}:${address.port}${address.root}`
  }

  async list(folder: string): Promise<FileInfo[]> {
    const { sftp } = await this.#connected()
    const entries = await told<FileEntryWithStats[]>((done) => sftp.readdir(this.#at(folder), done))
    const found: FileInfo[] = []
    for (const { filename, attrs } of entries) {
      const file = inside(folder, filename)
      if (filename.startsWith('.')) continue
      if (attrs.isDirectory()) found.push(...(await this.list(file)))
      else if (attrs.isFile()) found.push(infoOf(file, attrs))
    }
    return found
  }

  async stat(file: string): Promise<FileInfo | undefined> {
    const found = await this.#stats(this.#at(file))
    return found?.isFile() ? infoOf(file, found) : undefined
  }

  /** By a channel of its own: a stream that is left in the middle takes its channel with it. */
  async read(file: string): Promise<Readable> {
    const { client } = await this.#connected()
    if (!(await this.stat(file))) throw refusal('source_missing', `there is no file ${file} at the SFTP server`)
    while (this.#reading >= READERS) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#reading++
    const own = await told<SFTPWrapper>((done) => client.sftp(done)).catch((error: unknown) => {
      this.#readerLeft()
      throw error
    })
    const stream = own.createReadStream(this.#at(file), { highWaterMark: CHUNK_BYTES })
    stream.on('error', () => undefined) // told to whoever reads
    stream.once('close', () => {
      own.end()
      this.#readerLeft()
    })
    return stream
  }

  async content(file: string): Promise<Buffer | undefined> {
    const { sftp } = await this.#connected()
    return told<Buffer>((done) => sftp.readFile(this.#at(file), done)).catch(unlessGone)
  }

  async write(file: string, content: Readable): Promise<void> {
    const { sftp } = await this.#connected()
    const whole = this.#at(file)
    const part = `${whole}.${randomUUID().slice(0, 8)}.part`
    await this.#makeFolder(path.posix.dirname(whole))
    try {
      await pipeline(content, sftp.createWriteStream(part))
      await told<void>((done) => sftp.ext_openssh_rename(part, whole, done))
    } catch (error) {
      await told<void>((done) => sftp.unlink(part, done)).catch(() => undefined)
      throw unwritten(error)
    }
  }

  async move(from: string, to: string): Promise<void> {
    const { sftp } = await this.#connected()
    await this.#makeFolder(path.posix.dirname(this.#at(to)))
    await told<void>((done) => sftp.ext_openssh_rename(this.#at(from), this.#at(to), done))
  }

  async remove(file: string): Promise<void> {
    const { sftp } = await this.#connected()
    const at = this.#at(file)
    const found = await this.#stats(at)
    if (found?.isDirectory()) {
      const entries = await told<FileEntryWithStats[]>((done) => sftp.readdir(at, done))
      for (const { filename } of entries) await this.remove(inside(file, filename))
      await told<void>((done) => sftp.rmdir(at, done))
      this.#made.clear()
    } else if (found) await told<void>((done) => sftp.unlink(at, done)).catch(unlessGone)
  }

  async end(): Promise<void> {
    const link = await this.#link?.catch(() => undefined)
    link?.client.end()
  }

  #readerLeft(): void {
    this.#reading--
    this.#waiting.shift()?.()
  }

  #connected(): Promise<Link> {
    this.#link ??= connect(this.#address)
    return this.#link
  }

  async #stats(at: string): Promise<Stats | undefined> {
    const { sftp } = await this.#connected()
    return told<Stats>((done) => sftp.stat(at, done)).catch(unlessGone)
  }

  /** Each folder of the path that is missing; another that makes it first is no trouble. */
  async #makeFolder(folder: string): Promise<void> {
    if (folder === '/' || this.#made.has(folder)) return
    if (!(await this.#stats(folder))) {
      await this.#makeFolder(path.posix.dirname(folder))
      const { sftp } = await this.#connected()
      await told<void>((done) => sftp.mkdir(folder, done)).catch(async (error: unknown) => {
        if (!(await this.#stats(folder))) throw error
      })
    }
    this.#made.add(folder)
  }

  #at(file: string): string {
    return path.posix.join(this.#address.root, inside(file))
  }
}

type Link = { client: Client; sftp: SFTPWrapper }
const NO_SUCH_FILE = 2
const FAILURE = 4

function unlessGone(error: { code?: unknown }): undefined {
  if (error.code !== NO_SUCH_FILE) throw error
  return undefined
}

/** The protocol has no word for a full disk: a server says that it failed, and no more. */
function unwritten(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== FAILURE) return error
  const words = 'target: the SFTP server could not write (Failure), as it says where its disk or a quota is full: make room; it goes on by itself then'
  return refusal('target_room', words, error)
}

/** What a callback tells. */
function told<T>(act: (done: (error: Error | null | undefined, value?: unknown) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => act((error, value) => (error ? reject(error) : resolve(value as T))))
}

function infoOf(file: string, { size, mtime }: Stats): FileInfo {
  return { path: file, bytes: size, modified: new Date(mtime * 1000).toISOString(), version: `${size}-${mtime}` }
}

async function connect({ host, port, user, password, keyFile, hostKey }: SftpAddress): Promise<Link> {
  const client = new Client()
  const known = (digest: string) => Buffer.from(digest, 'hex').toString('base64').replace(/=+$/, '') === hostKey.replace(/=+$/, '')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  client.on('ready', resolve).on('error', reject) // after that a lost connection is told by whatever was under way
  try {
    client.connect({
      ...{ host, port, username: user, readyTimeout: CONNECT_MS, keepaliveInterval: CONNECT_MS, hostHash: 'sha256', hostVerifier: known },
      ...(password === undefined ? {} : { password }),
      ...(keyFile === undefined ? {} : { privateKey: readFileSync(keyFile) }),
    })
    await promise
    client.setNoDelay(true) // a request waits for each answer
    return { client, sftp: await told<SFTPWrapper>((done) => client.sftp(done)) }
  } catch (error) {
    client.destroy()
    throw explained(error as Error)
  }
}

function explained(error: Error): Error {
  if (/host denied|verification failed|handshake/i.test(error.message))
    return refusal(
      'database_login',
      'the SFTP server shows another key than the one pinned as hostKey: make sure it is the right server, then pin its new key',
      error,
    )
  if (/authentication/i.test(error.message))
    return refusal('database_login', 'the SFTP server refuses the login: check user, password or key in the configuration of this node', error)
  return refusal('database_unreachable', `the SFTP server cannot be reached: ${error.message}`, error)
}
