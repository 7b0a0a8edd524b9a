import { useQuery } from '@tanstack/react-query'
import type { LedgerProof } from '@zhenghe/server/kernel/desk/contract.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { Drawer } from 'antd'
import { desk } from '../../../api/desk.ts'
import { ActorName } from '../../../parts/ActorName.tsx'
import { actOf } from '../../../texts/acts.ts'
import { common } from '../../../texts/common.ts'
import { ledgerWords as words } from '../../../texts/ledger.ts'
import './Ledger.css'
import { Checks } from './Checks.tsx'
import { lookOf, SubjectLinks } from './line.tsx'
import { refusalText } from './refusal-texts.ts'

/** One line whole: what was recorded, its place in the chain and under the seal, and the check made here. */
export function LineDrawer({ place, onClose }: { place: string | undefined; onClose: () => void }) {
  const { say } = useLanguage()
  const [chain = 0, seq = 0] = (place ?? '').split('.').map(Number)
  const { data, error } = useQuery({ ...desk.query('proof', { chain, seq }), enabled: place !== undefined })
  return (
    <Drawer open={place !== undefined} onClose={onClose} size={620} title={say(words.line)}>
      {error && <Problem error={error} />}
      {!data && !error && <Lines count={6} />}
      {data && <Proof proof={data} />}
    </Drawer>
  )
}

function Proof({ proof }: { proof: LedgerProof }) {
  const { say } = useLanguage()
  const { line, body } = proof
  const why = line.outcome === 'done' ? undefined : refusalText(line.outcome)
  return (
    <div className="stack">
      <KeyValue
        pairs={[
          { label: say(words.act), value: say(actOf(line.endpoint)) },
          { label: say(words.outcome), value: <StateTag look={lookOf(line.outcome)} /> },
          { label: say(words.actor), value: <ActorName name={line.actorName} /> },
          { label: say(common.time), value: <Moment value={line.at} precision="second" /> },
          { label: say(words.address), value: <span className="mono">{line.endpoint}</span>, wide: true },
          { label: say(words.subjects), value: line.subjects.length > 0 && <SubjectLinks subjects={line.subjects} />, wide: true },
          ...(why ? [{ label: say(words.why), value: say(why), wide: true }] : []),
        ]}
      />
      <Checks proof={proof} />
      <Chain proof={proof} />
      <div>
        <h2>{say(words.body)}</h2>
        <pre className="ledger-body">{JSON.stringify(JSON.parse(body), null, 2)}</pre>
      </div>
    </div>
  )
}

function Chain({ proof: { line, previous, seal } }: { proof: LedgerProof }) {
  const { language, say } = useLanguage()
  const sealed = seal && say(words.sealed, { n: seal.n, at: formatMoment(seal.at, language), lines: seal.lines })
  return (
    <KeyValue
      columns={1}
      pairs={[
        { label: say(words.place), value: <span className="mono">{`${line.chain}–${line.seq}`}</span> },
        { label: say(words.previous), value: <Copyable text={previous} /> },
        { label: say(words.hash), value: <Copyable text={line.hash} /> },
        { label: say(words.seal), value: sealed ?? say(words.unsealed) },
        ...(seal
          ? [
              { label: say(words.root), value: <Copyable text={seal.root} /> },
              { label: say(words.signer), value: <Copyable text={seal.key} /> },
            ]
          : []),
      ]}
    />
  )
}
