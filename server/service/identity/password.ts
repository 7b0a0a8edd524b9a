/** Password hashing: argon2id (RFC 9106), kept as a PHC string with its own parameters, so that they can be raised later. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

type Cost = Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism'>
/** 19 MiB, two passes: about 30 ms of one core. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

const derive = promisify(argon2)

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return phc(COST, salt, await tagOf(password, COST, salt, TAG_BYTES))
}

/** Whether the password is the one behind the hash. Without a hash (no such account) it does the same work and says no. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const { cost, salt, tag } = parse(stored ?? DECOY)
  const same = timingSafeEqual(await tagOf(password, cost, salt, tag.length), tag)
  return same && stored !== undefined
}

/** Whether a hash was made with other parameters than those used today. */
export function isOutdated(stored: string): boolean {
  const { memory, passes, parallelism } = parse(stored).cost
  return memory !== COST.memory || passes !== COST.passes || parallelism !== COST.parallelism
}

function tagOf(password: string, cost: Cost, nonce: Buffer, tagLength: number): Promise<Buffer> {
  return derive('argon2id', { ...cost, message: Buffer.from(password.normalize('NFKC')), nonce, tagLength })
}

function parse(stored: string): { cost: Cost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(stored) ?? []
  if (!salt || !tag) throw new Error('a stored password hash cannot be read')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') }
}

function phc({ memory, passes, parallelism }: Cost, salt: Buffer, tag: Buffer): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** A hash that no password has, as costly as a real one. */
const DECOY = phc(COST, randomBytes(SALT_BYTES), randomBytes(TAG_BYTES))
