/** `npm start`: the platform with its demonstration city, until Ctrl-C. */
import net from 'node:net'
import { buildWorkbench } from '@zhenghe/workbench/build.ts'
import { bringUpCity } from './bring-up.ts'
import { units } from './city/units.ts'
import { dataHome } from './home.ts'
import { live } from './life.ts'

const DEFAULT_PORT = 7300
const began = performance.now()
const port = process.env['ZHENGHE_PORT'] ? Number(process.env['ZHENGHE_PORT']) : await openPort(DEFAULT_PORT)
const shortNames = new Map(units.map(({ key, shortName }) => [key, shortName]))

try {
  const home = dataHome()
  const web = await buildWorkbench(console.log)
  const city = await bringUpCity({ home, port, web, say: (line) => console.log(line) })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(city.stop))
  tell(city.access.address, home, city.access.accounts)
  await live(city, console.log).catch((error: Error) => console.error(`示范城市的交换记录未能全部生成，下次启动时继续：${error.message}`))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

/** The usual port, or the next one that nobody uses. */
async function openPort(from: number): Promise<number> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false))
    probe.listen(from, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
  return free ? from : openPort(from + 1)
}

async function end(stop: () => Promise<void>): Promise<void> {
  console.log('\n正在停止 …')
  await stop()
  process.exit(0)
}

function tell(address: string, home: string, accounts: Awaited<ReturnType<typeof bringUpCity>>['access']['accounts']): void {
  console.log(`\n工作台   ${address.replace('127.0.0.1', 'localhost')}\n数据     ${home}\n\n演示账号（本机本次安装生成，仅供演示）`)
  for (const { account, name, unit, title, password, pin } of accounts) {
    const place = `${shortNames.get(unit) ?? unit} ${title}`
    console.log(`  ${account.padEnd(16)} ${password}   ${name} ${place}${pin ? `   签名口令 ${pin}` : ''}`)
  }
  console.log(`\n按 Ctrl-C 停止。ready in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
