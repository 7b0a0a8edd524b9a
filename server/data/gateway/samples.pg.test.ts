/** The code shown to callers does what it says: each sample is run as it stands, against the gateway. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity } from '../exchange/testing/city.ts'
import { curlSample, javascriptSample, pythonSample, type SampleOf } from './call.rules.ts'
import { gatewayOffice, MODULES, operation, served } from './testing/office.ts'
import { testUpstream } from './testing/upstream.ts'

const run = promisify(execFile)
const t = await testPlatform(MODULES, { now: new Date().toISOString() })
const clock = setInterval(() => t.setNow(new Date().toISOString()), 20)
const office = await gatewayOffice(t, await exchangeCity(t))
const behind = await testUpstream()
const { address, close } = await served(t)
afterAll(async () => {
  clearInterval(clock)
  await close()
  await behind.close()
})
const api = await office.published(await office.upstream(behind.address), [
  operation('echo', { method: 'POST', body: 'json' }),
  operation('get', { path: '/echo' }),
])
await office.granted(api.id)
const key = await office.key()
const env = { ...process.env, ZHENGHE_SECRET: key.secret }
const GET: SampleOf = { origin: address, key: key.id, method: 'GET', target: `${api.base}/echo`, body: '' }
const POST: SampleOf = { ...GET, method: 'POST', body: JSON.stringify({ name: '云泽 \'A\' "B"' }) }
const has = (...programs: string[]) => programs.every((program) => spawnSync('which', [program]).status === 0)

async function expectBoth(sample: (of: SampleOf) => string, runner: (code: string) => Promise<{ stdout: string }>): Promise<void> {
  expect((await runner(sample(GET))).stdout).toContain('"target":"/api/echo"')
  expect((await runner(sample(POST))).stdout).toContain(JSON.stringify(JSON.parse(POST.body)))
}

test('the JavaScript sample calls', () => expectBoth(javascriptSample, (code) => run(process.execPath, ['--input-type=module', '-e', code], { env })))

test.skipIf(!has('curl', 'openssl', 'bash'))('the curl sample calls', () => expectBoth(curlSample, (code) => run('bash', ['-c', code], { env })))

test.skipIf(!has('python3'))('the Python sample calls', () => expectBoth(pythonSample, (code) => run('python3', ['-c', code], { env })))
