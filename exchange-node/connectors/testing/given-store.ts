/** Stores that cannot be had on every machine: their conformance is proven where an environment variable names one, and visibly skipped with its reason elsewhere. */
import { test } from 'vitest'
import { conformance, type Store } from './conformance.ts'

/** @param variable holds an address, of a login that may make tables in its schema */
export function givenConformance(name: string, variable: string, storeAt: (url: string) => Store): void {
  const url = process.env[variable]
  if (url) conformance(name, storeAt(url))
  else test.skip(`${name}: not run, ${variable} names no server (docs/how-to/add-a-connector.md)`, () => undefined)
}
