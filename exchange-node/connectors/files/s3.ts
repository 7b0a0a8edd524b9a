/** A bucket of an S3 store, or a part of one. Large files go in parts; a file appears at once when its last part is told. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import sax from 'sax'
import { refusal } from '../../refusal.ts'
import { AddressProblem } from '../address.ts'
import { type FileInfo, inside, type Place } from './place.ts'

export type S3Address = { endpoint: string; bucket: string; prefix: string; keyId: string; secret: string; region: string }

/** The least that S3 takes for a part that is not the last. */
const PART_BYTES = 8 << 20
const TRIES = 3

/** `s3://keyId:secret@host:port/bucket/prefix?region=cn-north-1&tls=off`. */
export function s3Address(url: string): S3Address {
  const { host, username, password, pathname, searchParams } = new URL(url)
  const [bucket = '', ...prefix] = decodeURIComponent(pathname).slice(1).split('/')
  if (bucket === '') throw new AddressProblem('the address names no bucket: s3://keyId:secret@host/bucket/prefix')
  return {
    endpoint: `${searchParams.get('tls') === 'off' ? 'http' : 'https'}://${host}`,
    ...{ bucket, prefix: prefix.join('/').replace(/\/$/, ''), region: searchParams.get('region') ?? 'us-east-1' },
    ...{ keyId: decodeURIComponent(username), secret: decodeURIComponent(password) },
  }
}

export class S3 implements Place {
  readonly product = 'S3'
  readonly name: string
  readonly #address: S3Address
  readonly #client: AwsClient

  constructor(address: S3Address) {
    this.#address = address
    this.name = `${address.endpoint}/${address.bucket}/${address.prefix}`
    const { keyId, secret, region } = address
    this.#client = new AwsClient({ accessKeyId: keyId, secretAccessKey: secret, region, service: 's3', retries: TRIES })
  }

  async list(folder: string): Promise<FileInfo[]> {
    const found: FileInfo[] = []
    for await (const { key, bytes, modified, tag } of this.#below(folder)) {
      const file = key.slice(this.#address.prefix === '' ? 0 : this.#address.prefix.length + 1)
      const within = file.slice(folder === '' ? 0 : folder.length + 1)
      if (!within.split('/').some((part) => part.startsWith('.'))) found.push({ path: file, bytes, modified, version: tag })
    }
    return found
  }

  async stat(file: string): Promise<FileInfo | undefined> {
    const answer = await this.#ask('HEAD', this.#key(file), {}, undefined, [404])
    if (answer.status === 404) return undefined
    const modified = new Date(answer.headers.get('last-modified') ?? 0).toISOString()
    return { path: file, bytes: Number(answer.headers.get('content-length') ?? 0), modified, version: answer.headers.get('etag') ?? modified }
  }

  async read(file: string): Promise<Readable> {
    const answer = await this.#ask('GET', this.#key(file))
    return answer.body ? Readable.fromWeb(answer.body as never) : Readable.from([])
  }

  async content(file: string): Promise<Buffer | undefined> {
    const answer = await this.#ask('GET', this.#key(file), {}, undefined, [404])
    return answer.status === 404 ? undefined : Buffer.from(await answer.arrayBuffer())
  }

  async write(file: string, content: Readable): Promise<void> {
    const key = this.#key(file)
    let upload: string | undefined
    const tags: string[] = []
    try {
      const parts = partsOf(content)
      for (let part = await parts.next(); !part.done; part = await parts.next()) {
        const { bytes, last } = part.value
        if (last && upload === undefined) {
          await this.#ask('PUT', key, {}, bytes)
          return
        }
        upload ??= within(await (await this.#ask('POST', key, { uploads: '' })).text(), 'UploadId')
        const answer = await this.#ask('PUT', key, { partNumber: String(tags.length + 1), uploadId: upload }, bytes)
        tags.push(answer.headers.get('etag') ?? '')
      }
      const list = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag.replaceAll('"', '&quot;')}</ETag></Part>`).join('')
      await this.#ask('POST', key, { uploadId: upload! }, Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`))
    } catch (error) {
      if (upload) await this.#ask('DELETE', key, { uploadId: upload }).catch(() => undefined)
      throw error
    }
  }

  async move(from: string, to: string): Promise<void> {
    const source = `/${this.#address.bucket}/${this.#key(from)}`
    await this.#ask('PUT', this.#key(to), {}, undefined, [], { 'x-amz-copy-source': encodeURI(source) })
    await this.#ask('DELETE', this.#key(from))
  }

  async remove(file: string): Promise<void> {
    const keys = [this.#key(file)]
    for await (const { key } of this.#below(file)) keys.push(key)
    for (const key of keys) await this.#ask('DELETE', key, {}, undefined, [404])
  }

  async end(): Promise<void> {}

  /** Everything whose key begins with the folder's, a page of a thousand at a time. */
  async *#below(folder: string): AsyncGenerator<Listed> {
    const below = this.#key(folder)
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = { 'list-type': '2', prefix: below === '' ? '' : `${below}/`, ...(token === '' ? {} : { 'continuation-token': token }) }
      const page = listed(await (await this.#ask('GET', '', query)).text())
      yield* page.files
      token = page.next
    }
  }

  #key(file: string): string {
    return inside(this.#address.prefix, inside(file))
  }

  async #ask(
    method: string,
    key: string,
    query: Record<string, string> = {},
    body?: Buffer,
    alright: number[] = [],
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const url = new URL(`${this.#address.endpoint}/${this.#address.bucket}${key === '' ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const signed = {
      ...headers,
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    }
    const answer = await this.#client.fetch(url, { method, headers: signed, ...(body ? { body: new Uint8Array(body) } : {}) }).catch((error: Error) => {
      throw refusal('database_unreachable', `the S3 store cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}`, error)
    })
    if (answer.ok || alright.includes(answer.status)) return answer
    throw explained(answer.status, await answer.text(), key)
  }
}

function explained(status: number, text: string, key: string): Error {
  const code = within(text, 'Code')
  if (status === 403)
    return refusal(
      'database_login',
      `the S3 store refuses this node (${code}): check key and secret in the configuration of this node, and its rights on the bucket`,
    )
  if (status === 404)
    return refusal(code === 'NoSuchBucket' ? 'database_login' : 'source_missing', `the S3 store has no ${code === 'NoSuchBucket' ? 'such bucket' : key}`)
  if (code === 'QuotaExceeded' || status === 507) return refusal('target_room', 'the S3 store is full: make room, then resume')
  return refusal('database_unreachable', `the S3 store answers ${status} ${code}: it is tried again`)
}

/** Parts of equal size; a file that fits one part is one. */
async function* partsOf(content: Readable): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let held: Buffer[] = []
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    held.push(chunk)
    bytes += chunk.length
    if (bytes < PART_BYTES) continue
    yield { bytes: Buffer.concat(held), last: false }
    held = []
    bytes = 0
  }
  yield { bytes: Buffer.concat(held), last: true }
}

type Listed = { key: string; bytes: number; modified: string; tag: string }

function listed(text: string): { files: Listed[]; next: string | undefined } {
  const files: Listed[] = []
  let values: Record<string, string> = {}
  let told = ''
  let next: string | undefined
  const parser = sax.parser(true)
  parser.onopentag = ({ name }) => {
    if (name === 'Contents') values = {}
    told = ''
  }
  parser.ontext = (part) => {
    told += part
  }
  parser.onclosetag = (name) => {
    if (name === 'NextContinuationToken') next = told
    else if (name === 'Contents')
      files.push({ key: values['Key'] ?? '', bytes: Number(values['Size']), modified: values['LastModified'] ?? '', tag: values['ETag'] ?? '' })
    else values[name] = told
  }
  parser.write(text).close()
  return { files, next }
}

function within(text: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1] ?? ''
}
