import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue, type Pair } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import type { Signed, SuiteName } from '@zhenghe/wire/documents.ts'
import type { ReactNode } from 'react'
import { nodes } from '../../../api/nodes.ts'
import { deliveryWords as words } from '../../../texts/deliveries.ts'
import { names, verify } from './evidence.ts'
import './Terms.css'

/** The two signed documents side by side, each verified here with the key of the node that signed it. */
export function Documents({ delivery: { manifest, receipt, provider, consumer, suite } }: { delivery: DeliveryView }) {
  const { say } = useLanguage()
  return (
    <div className="documents">
      <Section title={say(words.manifest)}>
        {manifest ? (
          <SignedDocument kind="manifest" unit={provider} signed={manifest.signed} at={manifest.at}>
            <ManifestFacts body={manifest.body} />
          </SignedDocument>
        ) : (
          <p className="faint">{say(words.none)}</p>
        )}
      </Section>
      <Section title={say(words.receipt)}>
        {receipt ? (
          <SignedDocument kind="receipt" unit={consumer} signed={receipt.signed} at={receipt.at}>
            <ReceiptFacts body={receipt.body} />
            {manifest && <Tie manifest={manifest.signed} receipt={receipt.body} suite={suite} />}
          </SignedDocument>
        ) : (
          <p className="faint">{say(words.none)}</p>
        )}
      </Section>
    </div>
  )
}

type SignedDocumentProps = { kind: 'manifest' | 'receipt'; unit: string; signed: Signed; at: string; children: ReactNode }

function SignedDocument({ kind, unit, signed, at, children }: SignedDocumentProps) {
  const { say } = useLanguage()
  const { data: known } = useQuery(nodes.query('nodes', { unit }))
  const { data: verdict } = useQuery({ queryKey: ['verify', kind, signed], queryFn: () => verify(kind, signed, known ?? []), enabled: known !== undefined })
  return (
    <div className="stack">
      <p role="status" className={verdict ? (verdict.good ? 'verdict good' : 'verdict bad') : 'verdict'}>
        {verdict && (verdict.good ? <CheckCircleFilled aria-hidden="true" /> : <ExclamationCircleFilled aria-hidden="true" />)}{' '}
        {!verdict ? say(words.verifying) : verdict.good ? say(words.verified) : say(words.notVerified, { why: verdict.why })}
      </p>
      {children}
      <KeyValue
        columns={1}
        pairs={[
          { label: say(words.signedBy), value: verdict?.good ? verdict.node : '—' },
          { label: say(words.key), value: <span className="mono">{signed.key}</span> },
          { label: say(words.signedAt), value: <Moment value={at} precision="second" /> },
        ]}
      />
      <details className="exact-text no-print">
        <summary>{say(words.exactText)}</summary>
        <pre>{signed.text}</pre>
      </details>
    </div>
  )
}

function ManifestFacts({ body }: { body: NonNullable<DeliveryView['manifest']>['body'] }) {
  const { say } = useLanguage()
  const masked = Object.values(body.masked).reduce((sum, count) => sum + count, 0)
  const pairs: Pair[] = [
    { label: say(words.read), value: <Count value={body.read} /> },
    { label: say(words.filtered), value: <Count value={body.filtered} /> },
    { label: say(words.rejectedRows), value: <Count value={body.rejected} /> },
    { label: say(words.sent), value: <Count value={body.sent} /> },
    { label: say(words.maskedValues), value: <Count value={masked} /> },
    { label: say(words.sourcePosition), value: <span className="mono">{body.source.position}</span> },
    { label: say(words.digest), value: <span className="mono">{body.digest}</span>, wide: true },
  ]
  return <KeyValue pairs={pairs} />
}

type ReceiptBody = NonNullable<DeliveryView['receipt']>['body']

function ReceiptFacts({ body }: { body: ReceiptBody }) {
  const { say } = useLanguage()
  const pairs: Pair[] = [
    { label: say(words.received), value: <Count value={body.received} /> },
    { label: say(words.loadedRows), value: <Count value={body.loaded} /> },
    { label: say(words.target), value: <span className="mono">{`${body.target.schema}.${body.target.table}`}</span> },
    { label: say(words.rowsAfter), value: <Count value={body.target.rows} /> },
    { label: say(words.digest), value: <span className="mono">{body.digest}</span>, wide: true },
  ]
  return <KeyValue pairs={pairs} />
}

function Tie({ manifest, receipt, suite }: { manifest: Signed; receipt: ReceiptBody; suite: SuiteName }) {
  const { say } = useLanguage()
  const { data: tied } = useQuery({ queryKey: ['ties', manifest.text, receipt.manifest], queryFn: () => names(receipt, manifest, suite) })
  if (tied === undefined) return null
  return (
    <p className={tied ? 'verdict good' : 'verdict bad'}>
      {tied ? <CheckCircleFilled aria-hidden="true" /> : <ExclamationCircleFilled aria-hidden="true" />} {say(tied ? words.ties : words.noTie)}
    </p>
  )
}
