import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons'
import type { DeliveryView, Balance as Sums } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { deliveryWords as words } from '../../../texts/deliveries.ts'
import '@zhenghe/ui/Receipt.css'
import './Delivery.css'

const DIGEST_SHOWN = 16

/** 对账: both sides' figures against each other, each line with its verdict, and one verdict over all. */
export function Balance({ balance, delivery }: { balance: Sums; delivery: DeliveryView }) {
  const { say } = useLanguage()
  const { read, filtered, rejected, sent, received, loaded, agrees } = balance
  const sum = `${formatCount(read)} = ${formatCount(filtered)} + ${formatCount(rejected)} + ${formatCount(sent)}`
  const ranges = [delivery.manifest?.body.ranges ?? 0, delivery.receipt?.body.ranges ?? 0] as const
  return (
    <section className={agrees ? 'receipt balance' : 'receipt balance bad'} aria-label={say(words.receiptTitle)}>
      <div className="receipt-head">
        {agrees ? <CheckCircleFilled aria-hidden="true" /> : <ExclamationCircleFilled aria-hidden="true" />}
        <h2>{say(agrees ? words.balances : words.differs)}</h2>
      </div>
      <table>
        <thead>
          <tr>
            {[words.what, words.senderSide, words.receiverSide, words.verdict].map((head) => (
              <th key={head.zh} scope="col">
                {say(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Line what={words.readSum} sender={sum} receiver="" good={read === filtered + rejected + sent} />
          <Line what={words.sentReceived} sender={formatCount(sent)} receiver={formatCount(received)} good={sent === received} />
          <Line what={words.receivedLoaded} sender="" receiver={`${formatCount(received)} = ${formatCount(loaded)}`} good={received === loaded} />
          <Line what={words.ranges} sender={formatCount(ranges[0])} receiver={formatCount(ranges[1])} good={ranges[0] === ranges[1]} />
          <Line
            what={words.digest}
            sender={`${balance.digestSender.slice(0, DIGEST_SHOWN)}…`}
            receiver={`${balance.digestReceiver.slice(0, DIGEST_SHOWN)}…`}
            good={balance.digestSender === balance.digestReceiver}
          />
        </tbody>
      </table>
    </section>
  )
}

function Line({ what, sender, receiver, good }: { what: Text; sender: string; receiver: string; good: boolean }) {
  const { say } = useLanguage()
  return (
    <tr>
      <th scope="row">{say(what)}</th>
      <td className="number" data-label={say(words.senderSide)}>
        {sender}
      </td>
      <td className="number" data-label={say(words.receiverSide)}>
        {receiver}
      </td>
      <td className={good ? 'good' : 'bad'}>{good ? `✓ ${say(words.agrees)}` : `✗ ${say(words.disagrees)}`}</td>
    </tr>
  )
}
