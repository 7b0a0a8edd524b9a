import { CheckCircleFilled, CloseCircleFilled, MinusCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { LedgerProof } from '@zhenghe/server/kernel/desk/contract.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ledgerWords as words } from '../../../texts/ledger.ts'
import { type Checked, checkProof } from './proof.ts'

type Told = { text: Text; good: boolean | undefined }

function toldOf(checked: Checked, sealed: boolean): Told[] {
  const line = { text: checked.line ? words.provenLine : words.brokenLine, good: checked.line }
  const labels = { text: checked.labels ? words.provenLabels : words.brokenLabels, good: checked.labels }
  if (!sealed) return [line, labels, { text: words.unsealed, good: undefined }]
  const signature = { true: words.provenSeal, false: words.brokenSeal, undefined: words.noSignature }[`${checked.seal}`]
  return [line, labels, { text: checked.steps ? words.provenSteps : words.brokenSteps, good: checked.steps }, { text: signature, good: checked.seal }]
}

const SIGNS = {
  true: <CheckCircleFilled className="check-good" aria-hidden="true" />,
  false: <CloseCircleFilled className="check-bad" aria-hidden="true" />,
  undefined: <MinusCircleOutlined className="faint" aria-hidden="true" />,
}

/** The proof of a line, computed in this browser. */
export function Checks({ proof }: { proof: LedgerProof }) {
  const { say } = useLanguage()
  const { line, seal } = proof
  const { data } = useQuery({ queryKey: ['check', line.chain, line.seq, line.hash, seal?.n], queryFn: () => checkProof(proof) })
  return (
    <section className="ledger-checks" aria-busy={!data}>
      <h2>{say(words.proof)}</h2>
      {!data && <p className="faint">{say(words.checking)}</p>}
      <ul>
        {data &&
          toldOf(data, seal !== null).map(({ text, good }) => (
            <li key={text.zh}>
              {SIGNS[`${good}`]}
              {say(text, { steps: seal?.steps.length })}
            </li>
          ))}
      </ul>
    </section>
  )
}
