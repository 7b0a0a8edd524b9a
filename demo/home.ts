/** Where the demonstration keeps its data, and what it must remember between starts. */

import { createHash, randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const checkout = path.resolve(import.meta.dirname, '..')

/** ZHENGHE_DATA, or `.zhenghe` in the checkout; under root, where another user could not enter the checkout, a folder of the system's own. */
export function dataHome(): string {
  const set = process.env['ZHENGHE_DATA']
  if (set) return path.resolve(set)
  if (process.getuid?.() !== 0 || everyoneMayEnter(checkout)) return path.join(checkout, '.zhenghe')
  const name = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  return path.join(writable('/var/lib') ? '/var/lib' : os.tmpdir(), `zhenghe-${name}`)
}

function everyoneMayEnter(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (!(statSync(at).mode & 0o001)) return false
    if (at === path.dirname(at)) return true
  }
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Makes the folder, open to be entered and closed to be listed. */
export function prepareHome(folder: string): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o711)
}

/** What was remembered under a name, made and kept for this user only where there was nothing. */
export function remembered<T>(home: string, name: string, make: () => T): T {
  const file = path.join(home, `${name}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T
  const value = make()
  keep(home, name, value)
  return value
}

export function keep(home: string, name: string, value: unknown): void {
  const file = path.join(home, `${name}.json`)
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** A password a person can type: four groups of letters and digits that cannot be mistaken for one another. */
export function easyPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const text = Array.from(randomBytes(16), (byte) => letters[byte % letters.length]).join('')
  return text.replace(/(.{4})(?=.)/g, '$1-')
}
