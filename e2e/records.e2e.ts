/** The page of every kind of record in every state the living city has, for the people who open it, on desktop and phone; and objections from the first word to the rating. */
import { journey } from '@zhenghe/demo/city/people.ts'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, PHONE, settled, useBrowser } from './browser.ts'
import { type Records, recordsOf, someOf } from './records.ts'
import { photograph, sweep } from './sweep.ts'

const { city, open, signIn } = useBrowser()
const PEOPLE = ['consumerOperator', 'providerLiaison', 'requesterLiaison', 'supervisor'] as const
let records: Records

beforeAll(async () => {
  records = await recordsOf(city.address, city.accounts)
})

for (const [name, viewport] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const) {
  test.each(PEOPLE)(`the records of %s on a ${name}`, async (who) => {
    const stops = records.find(([one]) => one === who)?.[1] ?? []
    expect(stops.length).toBeGreaterThan(10) // the city lives
    const visit = await open(viewport)
    const page = await signIn(visit, journey[who])
    await sweep(page, city.address, `${name}-${who}`, viewport === PHONE ? someOf(stops) : stops)
    expect(visit.problems).toEqual([])
    await visit.context.close()
  })
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await photograph(page, name)
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
}

const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click()

/** Opens a dialogue, looks at it, and leaves it again without doing anything. */
async function leaveDialog(page: Page, name: string): Promise<void> {
  await press(page, name)
  await page.getByRole('dialog').getByText(name).first().waitFor()
  await look(page, `objection-${name}`)
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

test('an objection is raised, passed on, answered and rated, each by its own person, and every dialogue of it can be left', async () => {
  const raiser = await open()
  const raising = await signIn(raiser, journey.requesterLiaison)
  await raising.goto(`${city.address}/catalog?text=${encodeURIComponent('个体工商户登记信息')}`)
  await raising.getByRole('main').getByRole('link', { name: '个体工商户登记信息' }).first().click()
  await press(raising, '提出异议')
  await raising.getByRole('heading', { level: 1, name: '提出异议' }).waitFor()
  await press(raising, '提交异议')
  await look(raising, 'objection-errors')
  await raising.getByLabel('标题').fill('摘要与信息项不一致')
  await raising.getByLabel('情况说明').fill('摘要写明含从业人数，信息项中的含义没有说明，请补充。')
  await press(raising, '提交异议')
  await raising.getByRole('heading', { level: 1, name: '摘要与信息项不一致' }).waitFor()
  await leaveDialog(raising, '撤销异议')

  const reviewer = await open()
  const reviewing = await signIn(reviewer, journey.supervisor)
  await reviewing.goto(raising.url())
  await leaveDialog(reviewing, '无法办理')
  await leaveDialog(reviewing, '驳回')
  await press(reviewing, '转办')
  await look(reviewing, 'objection-accept')
  await reviewing.getByRole('dialog').getByRole('button', { name: '转办' }).click()
  await reviewing.getByText('处理中').first().waitFor()

  const provider = await open(PHONE)
  const answering = await signIn(provider, journey.providerLiaison)
  await answering.goto(raising.url())
  await answering.getByLabel('答复意见').fill('已补充从业人数的说明，并发布新版本。')
  await look(answering, 'objection-answer')
  await press(answering, '提交答复')
  await answering.getByText('已处理').first().waitFor()

  await raising.reload()
  await raising.getByLabel('评价意见').fill('处理及时')
  await press(raising, '提交评价')
  await raising.getByText('已评价').first().waitFor()
  await look(raising, 'objection-rated')
  for (const { problems, context } of [raiser, reviewer, provider]) {
    expect(problems).toEqual([])
    await context.close()
  }
})
