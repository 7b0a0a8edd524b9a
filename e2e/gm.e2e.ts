/** A link by 国密 in a real browser: the liaison chooses it and signs with an SM2 key, the nodes move it, both documents verify in the browser. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { journey } from '@zhenghe/demo/city/people.ts'
import { signIn as visitor } from '@zhenghe/demo/visitor.ts'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, PHONE, settled, useBrowser } from './browser.ts'

const { city, accountOf, open, signIn } = useBrowser()
const pictures = process.env['ZHENGHE_PICTURES']
const DELIVERED_MS = 60_000
const ENTRY = '个体工商户登记信息'
const GM = /国密算法/

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: path.join(pictures, `gm-${name}.png`), fullPage: true })
  }
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
}

const press = (page: Page, name: string) =>
  page
    .getByRole('main')
    .getByRole('button', { name: new RegExp(`${name}$`) })
    .first()
    .click()

/** Asked by the tax cataloguer over HTTP; answers the request's id. */
async function ask(): Promise<string> {
  const { account, password } = accountOf(journey.requester)
  const asker = await visitor(city.address, account, password)
  const hit = (await asker.call(catalog).search({ text: ENTRY })).hits.find(({ name }) => name === ENTRY)!
  const { unit, person } = await asker.call(identity).me({})
  const [node] = (await asker.call(nodes).nodes({ unit: unit.id })).filter(({ state }) => state === 'active')
  const { content } = await asker.call(catalog).published({ id: hit.id })
  const { id } = await asker.call(exchange).request({
    ...{ entry: hit.id, fields: content.items.filter(({ sensitive }) => !sensitive).map(({ column }) => column), node: node!.id },
    basis: '《中华人民共和国税收征收管理法》第十五条',
    ...{ purposeKind: 'supervision', purpose: '核对个体工商户的税务登记情况', termUntil: '2027-12-31', mode: 'snapshot', schedule: { kind: 'once' } },
    ...{ contact: person.name, phone: '16437990001' },
  })
  return id
}

test('the liaison sees what 国密 costs, chooses it and signs with the SM2 key; the nodes deliver by it, and the browser verifies both documents', async () => {
  const request = await ask()
  const provider = await open()
  const answering = await signIn(provider, journey.providerLiaison)
  await answering.goto(`${city.address}/account`)
  await answering.getByText('国密密钥（SM2）').waitFor()
  await look(answering, 'account')
  await answering.goto(`${city.address}/exchange/requests/${request}`)
  await press(answering, '答复')
  await answering.getByText('国密的代价', { exact: false }).waitFor()
  await answering.getByRole('radio', { name: GM }).check()
  await look(answering, 'answer')
  await answering.setViewportSize(PHONE)
  await look(answering, 'answer-phone')
  await answering.setViewportSize({ width: 1440, height: 900 })
  await press(answering, '下一步：核对授权书')
  await answering.getByText(GM).first().waitFor()
  await look(answering, 'preview')
  await press(answering, '签名并授权')
  const dialog = answering.getByRole('dialog')
  await dialog.getByLabel('签名口令').fill(accountOf(journey.providerLiaison).pin ?? '')
  await dialog.getByRole('button', { name: '签名并授权' }).click()
  await answering.getByText('已授权').first().waitFor()

  const consumer = await open()
  const receiving = await signIn(consumer, journey.consumerOperator)
  await receiving.getByRole('link', { name: new RegExp(`申请已获授权，请订阅：${ENTRY}`) }).click()
  await press(receiving, '订阅并开始交换')
  await receiving.getByLabel('表', { exact: false }).last().waitFor()
  await press(receiving, '订阅并开始交换')
  await receiving.waitForURL(/\/exchange\/deliveries\/[0-9a-f-]{36}$/)
  await receiving.getByRole('heading', { name: /对账一致/ }).waitFor({ timeout: DELIVERED_MS })
  await receiving.getByText('签名已在本机浏览器验证').nth(1).waitFor()
  expect(await receiving.getByText(GM).count()).toBeGreaterThan(0)
  await look(receiving, 'delivery')
  await receiving.goto(`${city.address}/exchange/grants`)
  await receiving.getByRole('main').getByText(ENTRY).first().click()
  await receiving.waitForURL(/\/exchange\/grants\/[0-9a-f-]{36}$/)
  await receiving.getByText(GM).first().waitFor()
  await look(receiving, 'grant')
  await receiving.goto(`${city.address}/exchange/nodes`)
  await receiving.getByRole('main').getByText('税务局前置机').first().click()
  await receiving.getByText('国密密钥指纹').waitFor()
  await look(receiving, 'node')
  await receiving.setViewportSize(PHONE)
  await look(receiving, 'node-phone')
  for (const { problems, context } of [provider, consumer]) {
    expect(problems).toEqual([])
    await context.close()
  }
})
