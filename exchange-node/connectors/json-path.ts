/** Places in JSON that settings name: names with dots between, «data.records». */
import { z } from 'zod'
import { NumberText } from './files/formats/json.ts'

/** The empty path is the top itself. */
export const JsonPath = z.string().regex(/^([^.\s]+(\.[^.\s]+)*)?$/, 'is a path of names with dots between: data.records')

/** What stands at a path, by own names only; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
  if (path === '') return value
  return path.split('.').reduce<unknown>((found, name) => {
    if (found === null || typeof found !== 'object' || found instanceof NumberText || !Object.hasOwn(found, name)) return undefined
    return (found as Record<string, unknown>)[name]
  }, value)
}

/** Puts a value at a path that is not empty, making the objects on the way. */
export function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop()!
  const inner = names.reduce<Record<string, unknown>>((found, name) => {
    if (!Object.hasOwn(found, name)) define(found, name, {})
    return found[name] as Record<string, unknown>
  }, into)
  define(inner, last, value)
}

/** Also a name like `__proto__` is an ordinary one. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
