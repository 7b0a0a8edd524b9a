/** Journey 1, «Share», in a real browser against the real server, nodes and databases: found, asked, granted, moved, proven. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { journey } from '@zhenghe/demo/city/people.ts'
import { ENTRY } from '@zhenghe/demo/share.ts'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, PHONE, settled, useBrowser, type Visit } from './browser.ts'

const { city, accountOf, open, signIn } = useBrowser()
const pictures = process.env['ZHENGHE_PICTURES']
const DELIVERED_MS = 60_000
/** The eight items taxation needs besides the key's own name. */
const ITEMS = ['企业名称', '法定代表人姓名', '法定代表人证件号码', '住所所在行政区划代码', '注册资本', '成立日期', '登记状态', '更新时间']

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: path.join(pictures, `journey-${name}.png`) })
  }
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
}

async function leave(...visits: Visit[]): Promise<void> {
  for (const { problems, context } of visits) {
    expect(problems).toEqual([])
    await context.close()
  }
}

const press = (page: Page, name: string) =>
  page
    .getByRole('main')
    .getByRole('button', { name: new RegExp(`${name}$`) })
    .first()
    .click()

test('a tax cataloguer asks, the liaison signs, the nodes move it, both receipts balance', async () => {
  const requester = await open()
  const asking = await signIn(requester, journey.requester)
  await asking.getByRole('searchbox').first().or(asking.getByLabel('搜索数据目录')).first().fill(ENTRY)
  await asking.keyboard.press('Enter')
  await asking.getByRole('main').getByRole('link', { name: ENTRY, exact: false }).first().click()
  await asking.getByRole('heading', { level: 1, name: ENTRY }).waitFor()
  await look(asking, '1-entry')
  await press(asking, '申请共享')
  for (const item of ITEMS) await asking.getByRole('checkbox', { name: new RegExp(`^${item}`) }).check()
  await press(asking, '增加条件')
  await asking.getByLabel('信息项', { exact: true }).last().click()
  await asking.keyboard.type('登记状态')
  await asking.keyboard.press('Enter')
  await asking.getByLabel('登记状态 值').fill('1')
  await asking.getByText('即：', { exact: false }).filter({ hasText: '登记状态' }).waitFor()
  await asking.getByLabel('申请依据').fill('《中华人民共和国税收征收管理法》第十五条')
  await asking.getByLabel('使用目的').fill('核对存续企业的税务登记情况，清理漏征漏管户')
  await look(asking, '2-request')
  await press(asking, '下一步：核对')
  await press(asking, '提交申请')
  await asking.waitForURL(/\/exchange\/requests\/[0-9a-f-]{36}$/)
  await asking.getByText('待答复').first().waitFor()
  await look(asking, '3-request')

  const provider = await open()
  const answering = await signIn(provider, journey.providerLiaison)
  await look(answering, '4-home')
  await answering.getByRole('link', { name: new RegExp(`答复共享申请：${ENTRY}`) }).click()
  await press(answering, '答复')
  await answering.getByText('逐项授权').waitFor()
  await look(answering, '5-answer')
  await press(answering, '下一步：核对授权书')
  await answering.getByText('以下就是您将要签名的全部内容', { exact: false }).waitFor()
  await look(answering, '6-grant')
  await press(answering, '签名并授权')
  const dialog = answering.getByRole('dialog')
  await dialog.getByLabel('签名口令').fill('00000000')
  await dialog.getByRole('button', { name: '签名并授权' }).click()
  await dialog.getByText('签名口令不正确', { exact: false }).waitFor()
  await dialog.getByLabel('签名口令').fill(accountOf(journey.providerLiaison).pin ?? '')
  await dialog.getByRole('button', { name: '签名并授权' }).click()
  await answering.getByText('已授权').first().waitFor()

  const consumer = await open()
  const receiving = await signIn(consumer, journey.consumerOperator)
  await receiving.getByRole('link', { name: new RegExp(`申请已获授权，请订阅：${ENTRY}`) }).click()
  await press(receiving, '订阅并开始交换')
  await receiving.getByLabel('表', { exact: false }).last().waitFor()
  await look(receiving, '7-subscribe')
  await press(receiving, '订阅并开始交换')
  await receiving.waitForURL(/\/exchange\/deliveries\/[0-9a-f-]{36}$/)
  await receiving.getByRole('heading', { name: /对账一致/ }).waitFor({ timeout: DELIVERED_MS })
  await receiving.getByText('签名已在本机浏览器验证').nth(1).waitFor()
  await look(receiving, '8-delivery')
  const sums = await receiving.getByRole('table').first().textContent()
  expect(sums).toMatch(/20,0\d\d = [\d,]+ \+ [\d,]+ \+ [\d,]+/) // the register, and the enterprises of the day the city has lived
  expect(sums).not.toContain('✗')
  const delivery = receiving.url()

  await answering.goto(delivery)
  await answering.getByRole('link', { name: /查看未通过校验的/ }).click()
  await answering.getByText('统一社会信用代码：格式或校验位不符').first().waitFor()
  await look(answering, '9-quarantine')

  await leave(requester, provider, consumer)
})

test('whoever is no party sees neither the delivery nor the quarantine', async () => {
  const visit = await open()
  const page = await signIn(visit, 'shi.daming')
  await page.goto(`${city.address}/exchange/deliveries`)
  await settled(page)
  expect(await page.getByRole('main').getByText(ENTRY).count()).toBe(0)
  await visit.context.close()
})

test('the auditor proves the ledger, and a line of it in the browser, on a phone too', async () => {
  const visit = await open(PHONE)
  const page = await signIn(visit, journey.auditAdmin)
  await page.goto(`${city.address}/ledger`)
  await settled(page)
  await page.getByRole('button', { name: '验证整个账本' }).click()
  await page.getByText('账本完整，没有发现改动').waitFor()
  await look(page, '10-ledger')
  expect(visit.problems).toEqual([])
  await visit.context.close()
})
