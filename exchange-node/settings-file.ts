/** Files of settings that an operator writes, and what is wrong with one in words of an operator. */
import fs from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import type { SecretFrom } from './nats/settings.ts'

export const EITHER = 'give either url or urlFrom'
export type Environment = Readonly<Record<string, string | undefined>>

/** The configuration cannot be used; the message says which settings are wrong and what to do, and nothing secret. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** `stores.0.url`, in words of one line: what is wrong with it. */
export function sentence({ path: at, message, ...issue }: z.core.$ZodIssue, given: unknown): string {
  const name = at.map(String).join('.') || 'the file'
  if (issue.code === 'unrecognized_keys') return `${[...at.map(String), issue.keys[0]].join('.')} is not a setting of this node.`
  if (valueAt(given, at) === undefined && message !== EITHER) return `${name} is missing.`
  return `${name}: ${message}.`
}

function valueAt(given: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], given)
}

/** @param what names it in a complaint: «the url of the store …» */
export function readSecret(from: SecretFrom, what: string, folder: string, env: Environment): string {
  if ('file' in from) {
    const file = path.resolve(folder, from.file)
    const text = readText(file, what).trim()
    demandPrivate(file)
    return text
  }
  const value = env[from.env]
  if (!value) throw new ConfigError(`${what.replace(/^t/, 'T')} comes from the environment variable ${from.env}, which is not set.`)
  return value
}

export function demandPrivate(file: string): void {
  if (process.platform !== 'win32' && fs.statSync(file).mode & 0o077)
    throw new ConfigError(`${file} holds secrets and can be read by others. Run: chmod 600 ${file}`)
}

/** @param what names it in a complaint */
export function readText(file: string, what: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${what} cannot be read: ${(error as Error).message}`)
  }
}

export function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError(`${file} is not JSON. Check commas, quotes and brackets.`)
  }
}

/** Settings of a file that is named by another. */
export function checkedFile<T>(schema: z.ZodType<T>, written: unknown, file: string): T {
  const parsed = schema.safeParse(written)
  if (parsed.success) return parsed.data
  throw new ConfigError(`${file} cannot be used:\n${parsed.error.issues.map((issue) => `- ${sentence(issue, written)}`).join('\n')}`)
}
