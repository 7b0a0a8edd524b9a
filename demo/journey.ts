/** Journey 1 in the terminal: `npm run demo`, or `npm run demo -- --json` for one JSON object. Brings the city up where it is not running. */

import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { contract as desk } from '@zhenghe/server/kernel/desk/contract.ts'
import { bringUpCity } from './bring-up.ts'
import { journey } from './city/people.ts'
import { dataHome } from './home.ts'
import { answer, askFor, ENTRY, subscribe, watch } from './share.ts'
import { signIn, type Visitor } from './visitor.ts'

const json = process.argv.includes('--json')
const say = (line: string) => json || console.log(line)
const number = (value: number) => value.toLocaleString('en-US')

const city = await bringUpCity({ home: dataHome(), port: 0, logLevel: 'silent', say })
const enter = async (account: string): Promise<Visitor> => {
  const known = city.access.accounts.find((one) => one.account === account)
  if (!known) throw new Error(`no demonstration account «${account}»`)
  return signIn(city.access.address, account, known.password)
}

try {
  const [requester, liaison, operator, auditor] = await Promise.all(
    [journey.requester, journey.providerLiaison, journey.consumerOperator, journey.auditAdmin].map(enter),
  )
  if (!requester || !liaison || !operator || !auditor) throw new Error('not everybody could sign in')
  const pin = city.access.accounts.find(({ account }) => account === journey.providerLiaison)?.pin ?? ''
  const began = performance.now()
  const { request } = await askFor(requester)
  say(`1. 税务局申请“${ENTRY}”的九个字段（存续企业），法定时限开始计时`)
  const grant = await answer(liaison, request, pin)
  say('2. 市场监管局联络员确定脱敏与校验，用本人密钥签名授权')
  const { delivery, subscription } = await subscribe(operator, grant, `legal_entity_${Date.now().toString(36)}`)
  say('3. 税务局订阅，双方前置节点开始交换')
  const done = await watch(operator, delivery, (view) => json || bar(view))
  if (!json) process.stdout.write('\n')
  if (done.state !== 'done') throw new Error(`the delivery ended ${done.state}: ${done.trouble?.code} ${done.trouble?.detail}`)
  const verification = await auditor.call(desk).verify({})
  await operator.call(exchange).stopSubscription({ id: subscription })
  report(done, verification, (performance.now() - began) / 1000)
} finally {
  await city.stop()
}

function bar({ progress }: DeliveryView): void {
  if (!progress || !process.stdout.isTTY) return
  const share = progress.rowsPlanned > 0 ? Math.min(1, progress.rowsRead / progress.rowsPlanned) : 0
  const width = 32
  const full = Math.round(share * width)
  const line = `   ${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.round(share * 100)).padStart(3)}%  ${number(progress.rowsLoaded)} 行  ${number(Math.round(progress.rowsPerSecond))} 行/秒  ${progress.phase}`
  process.stdout.write(`\r${line.padEnd(100)}`)
}

function report(done: DeliveryView, verification: { lines: number; seals: number; findings: unknown[] }, seconds: number): void {
  const { manifest, receipt, balance } = done
  if (!manifest || !receipt || !balance) throw new Error('a delivery that is done has both documents and a balance')
  const moving = (Date.parse(receipt.body.endedAt) - Date.parse(manifest.body.startedAt)) / 1000
  const proof = {
    read: balance.read,
    filtered: balance.filtered,
    rejected: balance.rejected,
    sent: balance.sent,
    received: balance.received,
    loaded: balance.loaded,
    maskedFields: manifest.body.masked,
    reasons: manifest.body.reasons,
    seconds: Number(moving.toFixed(2)),
    rowsPerSecond: Math.round(balance.loaded / Math.max(moving, 0.001)),
    journeySeconds: Number(seconds.toFixed(2)),
    bytes: manifest.body.bytes,
    digests: { sender: balance.digestSender, receiver: balance.digestReceiver },
    receipts: { manifest: manifest.signed, receipt: receipt.signed },
    balanced: balance.agrees,
    route: done.route,
    ledger: { lines: verification.lines, seals: verification.seals, whole: verification.findings.length === 0 },
  }
  if (json) {
    console.log(JSON.stringify(proof))
    return
  }
  console.log(`4. 对账：读取 ${number(proof.read)} = 过滤 ${number(proof.filtered)} + 拒绝 ${number(proof.rejected)} + 发送 ${number(proof.sent)}`)
  console.log(`         发送 ${number(proof.sent)} = 接收 ${number(proof.received)} = 入库 ${number(proof.loaded)}   ${proof.balanced ? '一致 ✓' : '不一致 ✗'}`)
  console.log(
    `   脱敏：${Object.entries(proof.maskedFields)
      .map(([field, values]) => `${field} ${number(values)}`)
      .join('，')}`,
  )
  console.log(
    `   隔离：${Object.entries(proof.reasons)
      .map(([reason, rows]) => `${reason} ${number(rows)}`)
      .join('，')}`,
  )
  console.log(`   用时 ${proof.seconds} 秒，${number(proof.rowsPerSecond)} 行/秒（${proof.route === 'direct' ? '节点直连' : '平台中继'}）`)
  console.log(`   摘要：发送方 ${proof.digests.sender.slice(0, 32)}… 接收方 ${proof.digests.receiver.slice(0, 32)}…`)
  console.log(`   回执：双方 Ed25519 签名 ${proof.receipts.manifest.signature.slice(0, 16)}… ${proof.receipts.receipt.signature.slice(0, 16)}…`)
  console.log(`5. 审计账本：${number(proof.ledger.lines)} 行，${proof.ledger.seals} 次封存，${proof.ledger.whole ? '完整 ✓' : '不完整 ✗'}`)
}
