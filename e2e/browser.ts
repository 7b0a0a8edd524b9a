/** One browser for a file of tests, people signed in, and what every page must satisfy. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { CityAccess } from '@zhenghe/demo/bring-up.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { openBrowser } from './chromium.ts'

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const READY_MS = 20_000

export type Visit = { page: Page; context: BrowserContext; problems: string[] }

/** Opens a browser before the tests of this file and closes it after them. */
export function useBrowser() {
  let browser: Browser | undefined
  const visits: Visit[] = []
  const city: CityAccess = inject('city')
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })
  // what a failed test saw last, for whoever mends it
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    for (const { problems } of visits) if (problems.length > 0) console.error(problems.join('\n'))
    const folder = process.env['ZHENGHE_PICTURES']
    if (!folder) return
    const pages = browser?.contexts().flatMap((context) => context.pages()) ?? []
    for (const [at, page] of pages.entries()) await page.screenshot({ path: path.join(folder, `failed-${at}.png`) }).catch(() => undefined)
  })
  const accountOf = (account: string) => {
    const known = city.accounts.find((one) => one.account === account)
    if (!known) throw new Error(`no demonstration account «${account}»`)
    return known
  }

  /** A fresh window on the workbench; what its console complains of is gathered. */
  async function open(viewport = DESKTOP, locale = 'zh-CN'): Promise<Visit> {
    if (!browser) throw new Error('the browser is not open yet')
    const context = await browser.newContext({ viewport, locale, reducedMotion: 'reduce', bypassCSP: false })
    const page = await context.newPage()
    page.setDefaultTimeout(READY_MS)
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && !/status of (401|403|404|409|422|429)/.test(message.text()) && problems.push(message.text()))
    page.on(
      'request',
      (request) => new URL(request.url()).origin !== city.address && !request.url().startsWith('data:') && problems.push(`asks another host: ${request.url()}`),
    )
    const visit = { page, context, problems }
    visits.push(visit)
    return visit
  }

  /** Signs in by the form, as a person does. */
  async function signIn(visit: Visit, account: string): Promise<Page> {
    const { page } = visit
    await page.goto(`${city.address}/`)
    await page.getByLabel('账号').fill(account)
    await page.getByLabel('密码', { exact: true }).fill(accountOf(account).password)
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('navigation').first().waitFor()
    return page
  }
  return { city, accountOf, open, signIn }
}

/** Waits until nothing is being fetched or drawn any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined) // a page that watches something never rests
  await page.waitForFunction(() => !document.querySelector('.ant-spin-spinning, .ant-skeleton-active'), undefined, { timeout: READY_MS })
}

/** WCAG 2.2 AA: axe finds nothing serious or critical on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run: (at: Document, options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 160))
            .join(' | ')}`,
      )
  })
  expect(found).toEqual([])
}

/** Nothing on the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { wide, window } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }))
  expect(wide).toBeLessThanOrEqual(window)
}
