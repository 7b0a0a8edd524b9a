/** Interfaces as people use them: found, read, tried out with a key, generated anew from the catalogue, applied for. */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { journey } from '@zhenghe/demo/city/people.ts'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DESKTOP, expectAccessible, expectNoSidewaysScroll, PHONE, settled, useBrowser } from './browser.ts'

const { city, open, signIn } = useBrowser()
const pictures = process.env['ZHENGHE_PICTURES']

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true })
  }
  expect(await page.getByRole('heading', { level: 1 }).count(), name).toBe(1)
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
}

for (const [name, viewport] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const) {
  test(`the pages of an interface on a ${name}: documentation, try-out with a real key, grant and calls`, async () => {
    const visit = await open(viewport)
    const page = await signIn(visit, journey.consumerOperator)
    await page.goto(`${city.address}/interfaces`)
    await look(page, `${name}-interfaces`)
    await page.getByText('企业名称核验').first().click()
    await page.getByRole('heading', { name: '企业名称核验', level: 1 }).waitFor()
    await look(page, `${name}-interface`)
    await page.getByRole('button', { name: '在线调试' }).click()
    await page.getByLabel('密钥', { exact: true }).waitFor()
    const key = JSON.parse(readFileSync(path.join(city.home, 'interface-key.json'), 'utf8')) as { id: string; secret: string }
    await page.getByLabel('密钥编号').click()
    await page.getByText(`征管系统 ${key.id}`).click()
    await page.getByLabel('密钥', { exact: true }).fill(key.secret)
    await page.getByRole('button', { name: '签名并发送' }).click()
    await page.getByText('签名验证通过').waitFor()
    await look(page, `${name}-try`)
    await page.goto(`${city.address}/interfaces/keys`)
    await look(page, `${name}-keys`)
    await page.goto(`${city.address}/interfaces/usage`)
    await look(page, `${name}-usage`)
    await page.goto(`${city.address}/interfaces/accesses`)
    await page.getByText('企业名称核验').first().click()
    await page.getByText('最近调用').waitFor()
    await look(page, `${name}-access`)
    expect(visit.problems).toEqual([])
    await visit.context.close()
  })
}

test('an interface is generated from the catalogue and published, applied for, granted with a signature', async () => {
  const provider = await open()
  const page = await signIn(provider, journey.providerLiaison)
  await page.goto(`${city.address}/interfaces/register`)
  await page.getByLabel('接口名称').fill('企业状态核验')
  await page.getByLabel('编码').fill('enterprise-state')
  await page.getByRole('combobox', { name: '目录' }).click()
  await page.getByTitle('企业登记信息').click()
  await page.getByRole('combobox', { name: '可提供的字段' }).click()
  await page.getByText('企业名称 name', { exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: '核对的字段' }).click()
  await page.getByText('企业名称 name', { exact: true }).last().click()
  await page.keyboard.press('Escape')
  await look(page, 'register')
  await page.getByRole('button', { name: '存为草稿' }).click()
  await page.getByRole('heading', { name: '企业状态核验', level: 1 }).waitFor()
  await page.getByRole('button', { name: /^发\s?布$/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /发\s?布/ })
    .click()
  await page.getByText('已发布').first().waitFor()
  const address = page.url()

  const consumer = await open()
  const asking = await signIn(consumer, journey.requester)
  await asking.goto(address)
  await asking.getByRole('button', { name: '申请调用' }).click()
  await asking.getByLabel('依据').fill('《中华人民共和国税收征收管理法》第十五条')
  await asking.getByLabel('用途', { exact: true }).fill('核对企业名称')
  await look(asking, 'apply')
  await asking.getByRole('button', { name: '提交申请' }).click()
  await asking.getByText('待答复').first().waitFor()

  await page.goto(asking.url())
  await page.getByLabel('签名口令').fill(city.accounts.find(({ account }) => account === journey.providerLiaison)?.pin ?? '')
  await look(page, 'grant')
  await page.getByRole('button', { name: '同意并签名授权' }).click()
  await page.getByText('生效中').first().waitFor()
  expect([...provider.problems, ...consumer.problems]).toEqual([])
})
