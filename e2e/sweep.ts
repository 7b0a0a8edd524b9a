/** Visits pages one after another: each drawn under its own heading, accessible, not wider than the window. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, settled } from './browser.ts'

/** Where the pictures go, for whoever wants to look at them. */
const pictures = process.env['ZHENGHE_PICTURES']

/** An address, and what its heading holds where another would stand there while the page is on its way. */
export type Stop = string | readonly [at: string, heading: string | RegExp]

/** @param address of the workbench @param name begins the names of the pictures */
export async function sweep(page: Page, address: string, name: string, stops: readonly Stop[]): Promise<void> {
  for (const stop of stops) {
    const [at, heading] = typeof stop === 'string' ? [stop, undefined] : stop
    await page.goto(address + at)
    await page
      .getByRole('heading', { level: 1, ...(heading ? { name: heading } : {}) })
      .first()
      .waitFor() // its code comes by itself, after the shell
    await settled(page)
    await photograph(page, `${name}${at.replaceAll('/', '_')}`)
    expect(await page.getByRole('heading', { level: 1 }).count(), at).toBe(1)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
  }
}

export async function photograph(page: Page, name: string): Promise<void> {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: false })
}
