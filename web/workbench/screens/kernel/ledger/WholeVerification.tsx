import type { Verification } from '@zhenghe/server/kernel/desk/contract.ts'
import { Count } from '@zhenghe/ui/Figures.tsx'
import { type Say, useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Receipt } from '@zhenghe/ui/Receipt.tsx'
import { Button } from 'antd'
import { desk } from '../../../api/desk.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ledgerWords as words } from '../../../texts/ledger.ts'

type Finding = Verification['findings'][number]

const SEAL_TEXTS = { root: words.findingSealRoot, signature: words.findingSealSignature, order: words.findingSealOrder }
const LINE_TEXTS = {
  changed: words.findingChanged,
  removed: words.findingRemoved,
  inserted: words.findingInserted,
  mislabelled: words.findingMislabelled,
  head: words.findingHead,
}

function sayFinding(say: Say, finding: Finding): string {
  return finding.kind === 'seal' ? say(SEAL_TEXTS[finding.reason], finding) : say(LINE_TEXTS[finding.kind], finding)
}

/** Verifies the whole ledger on order, and says which line was changed, removed or inserted. */
export function WholeVerification() {
  const { say } = useLanguage()
  const { run, busy, answer, error } = useAct(() => desk.call.verify({}))
  const button = (
    <Button type={answer ? 'default' : 'primary'} loading={busy} onClick={() => run(undefined)}>
      {say(words.verify)}
    </Button>
  )
  if (error) return <Problem error={error} onRetry={() => run(undefined)} />
  if (!answer) return <div className="no-print">{button}</div>
  const { lines, seals, unsealed, milliseconds, findings } = answer
  const whole = findings.length === 0
  return (
    <Receipt
      title={whole ? say(words.verifiedTitle) : say(words.findingsTitle, { count: findings.length })}
      good={whole}
      action={button}
      pairs={[
        { label: say(words.lines), value: <Count value={lines} /> },
        { label: say(words.seals), value: <Count value={seals} /> },
        { label: say(words.unsealedLines), value: <Count value={unsealed} /> },
        { label: say(words.took), value: say(words.milliseconds, { milliseconds }) },
      ]}
      proof={
        !whole && (
          <ul className="ledger-findings">
            {findings.map((finding) => (
              <li key={JSON.stringify(finding)}>{sayFinding(say, finding)}</li>
            ))}
          </ul>
        )
      }
    />
  )
}
