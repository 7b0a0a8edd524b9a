/** One demonstration city for all browser tests: small registers, an empty home, ports of its own, and a life behind it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bringUpCity, type CityAccess } from '@zhenghe/demo/bring-up.ts'
import { live } from '@zhenghe/demo/life.ts'
import { buildWorkbench } from '@zhenghe/workbench/build.ts'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    city: CityAccess
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'zh-e2e-'))
  chmodSync(home, 0o711)
  const web = await buildWorkbench()
  const city = await bringUpCity({
    home,
    port: 0,
    web,
    sizes: { legal_entity: 20_000, sole_trader: 2_000, resident: 20_000, taxpayer: 2_000 },
    logLevel: 'error',
  })
  await live(city, () => undefined)
  project.provide('city', city.access)
  return async () => {
    await city.stop()
    rmSync(home, { recursive: true, force: true })
  }
}
