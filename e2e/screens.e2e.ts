/** Every screen of the menu, for the people who see it: drawn without complaint, accessible, not wider than the window, on desktop and phone. */
import { journey } from '@zhenghe/demo/city/people.ts'
import { expect, test } from 'vitest'
import { DESKTOP, expectAccessible, PHONE, settled, useBrowser } from './browser.ts'
import { sweep } from './sweep.ts'

const { city, open, signIn } = useBrowser()

const SCREENS: readonly (readonly [who: keyof typeof journey, paths: readonly string[]])[] = [
  [
    'requester',
    [
      '/',
      '/catalog',
      '/catalog/mine',
      '/exchange/requests',
      '/exchange/grants',
      '/exchange/subscriptions',
      '/exchange/pushes',
      '/exchange/deliveries',
      '/objections',
      '/objections/new',
      '/account',
      '/standards/codes',
      '/standards/elements',
      '/channels',
      '/demand',
      '/demand/new',
      '/demand/lists',
      '/interfaces',
      '/interfaces/accesses',
      '/interfaces/usage',
      '/interfaces/register',
    ],
  ],
  [
    'providerLiaison',
    [
      '/',
      '/catalog/review',
      '/exchange',
      '/exchange/quarantine',
      '/exchange/nodes',
      '/exchange/nodes/applications',
      '/exchange/nodes/apply',
      '/objections',
      '/channels/new',
      '/channels/import',
      '/interfaces',
      '/interfaces/keys',
      '/interfaces/register',
    ],
  ],
  [
    'reviewer',
    [
      '/',
      '/catalog/review',
      '/exchange/monitor',
      '/objections',
      '/exchange/nodes/applications',
      '/facts',
      '/duties',
      '/groups',
      '/channels',
      '/partners',
      '/partners/new',
      '/demand/lists',
    ],
  ],
  ['providerOperator', ['/', '/exchange/monitor', '/exchange/nodes']],
  ['systemAdmin', ['/organizations', '/people', '/calendar', '/operations', '/interfaces/upstreams']],
  ['securityAdmin', ['/accounts', '/people']],
  ['auditAdmin', ['/ledger']],
]

for (const [name, viewport] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const) {
  test.each(SCREENS)(`the screens of %s on a ${name}`, async (who, paths) => {
    const visit = await open(viewport)
    const page = await signIn(visit, journey[who])
    await sweep(page, city.address, `${name}-${who}`, paths)
    expect(visit.problems).toEqual([])
    await visit.context.close()
  })
}

test('the sign-in page is accessible, and says plainly what is wrong', async () => {
  const { page, context } = await open()
  await page.goto(city.address)
  await settled(page)
  await expectAccessible(page)
  await page.getByLabel('账号').fill('nobody.here')
  await page.getByLabel('密码', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByText('账号或密码不正确').first().waitFor()
  await context.close()
})

test('the language switch changes every word of the shell', async () => {
  const visit = await open(DESKTOP)
  const page = await signIn(visit, journey.reviewer)
  await page
    .getByRole('button', { name: /English|EN/ })
    .first()
    .click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  const menu = await page.getByRole('navigation').first().textContent()
  expect(menu).not.toMatch(/[\u4e00-\u9fff]/)
  await visit.context.close()
})
