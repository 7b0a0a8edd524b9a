import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { KeyValue, type Pair } from './KeyValue.tsx'
import './Receipt.css'

/** The result of long or weighty work, to keep and to print: what was done, its figures, and the proof. */
export function Receipt({ title, good = true, pairs, proof, action }: ReceiptProps) {
  return (
    <section className={good ? 'receipt' : 'receipt bad'} aria-label={title}>
      <div className="receipt-head">
        {good ? <CheckCircleFilled aria-hidden="true" /> : <ExclamationCircleFilled aria-hidden="true" />}
        <h2>{title}</h2>
        {action && <div className="receipt-action no-print">{action}</div>}
      </div>
      <KeyValue pairs={pairs} columns={3} />
      {proof && <div className="receipt-proof">{proof}</div>}
    </section>
  )
}

export type ReceiptProps = { title: string; good?: boolean; pairs: readonly Pair[]; proof?: ReactNode; action?: ReactNode }
