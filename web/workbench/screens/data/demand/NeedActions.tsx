import { useNavigate } from '@tanstack/react-router'
import type { Feedback, Need } from '@zhenghe/server/data/demand/need.contract.ts'
import { type NeedAct, needAllows } from '@zhenghe/server/data/demand/rules.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { demand } from '../../../api/demand.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import type { Question } from '../../../parts/form-model.ts'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { demandWords as words } from '../../../texts/demand.ts'

type Dialog = 'return' | 'object' | 'feedback' | 'withdraw'
const textOf = (name: string, label: Question['label'], least = 4): readonly Question[] => [{ name, label, kind: 'area', wide: true, least, most: 1000 }]
const FEEDBACK: readonly Question[] = [
  { name: 'score', label: words.score, kind: 'score' },
  { name: 'solved', label: words.solved, kind: 'yesno' },
  { name: 'words', label: words.feedbackWords, kind: 'area', wide: true, optional: true, most: 1000 },
]

/** What the reader can do with a need now; the one step that moves it on is the primary one. */
export function NeedActions({ need }: { need: Need }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const at = useMayAt(need.asker)
  const [dialog, setDialog] = useState<Dialog>()
  const { id, state, conclusion } = need
  const asks = (act: NeedAct) => at('demand.ask') && needAllows(state, act)
  const analyses = (act: NeedAct) => at('demand.analyse') && needAllows(state, act)
  const infeasible = conclusion?.feasibility === 'infeasible'
  return (
    <>
      {asks('withdraw') && <Button onClick={() => setDialog('withdraw')}>{say(words.withdraw)}</Button>}
      {analyses('returnNeed') && <Button onClick={() => setDialog('return')}>{say(words.returnNeed)}</Button>}
      {asks('object') && <Button onClick={() => setDialog('object')}>{say(words.object)}</Button>}
      {asks('askAgain') && (
        <Button type="primary" onClick={() => void navigate({ to: `/demand/${id}/again` })}>
          {say(words.again)}
        </Button>
      )}
      {analyses('receive') && (
        <ActButton type="primary" act={() => demand.call.receive({ id })}>
          {say(words.receive)}
        </ActButton>
      )}
      {analyses('conclude') && (
        <Button type="primary" onClick={() => void navigate({ to: `/demand/${id}/conclude` })}>
          {say(words.conclude)}
        </Button>
      )}
      {asks('accept') && (
        <ActButton
          type="primary"
          act={() => demand.call.accept({ id })}
          confirm={{ title: say(words.accept), content: say(infeasible ? words.acceptInfeasible : words.acceptWhat) }}
        >
          {say(words.accept)}
        </ActButton>
      )}
      {asks('giveFeedback') && (
        <Button type="primary" onClick={() => setDialog('feedback')}>
          {say(words.feedback)}
        </Button>
      )}
      {dialog && <NeedDialog dialog={dialog} id={id} onClose={() => setDialog(undefined)} />}
    </>
  )
}

function NeedDialog({ dialog, id, onClose }: { dialog: Dialog; id: string; onClose: () => void }) {
  switch (dialog) {
    case 'return':
      return (
        <QuestionsDialog
          title={words.returnNeed}
          action={words.returnNeed}
          questions={textOf('missing', words.missing)}
          act={({ missing }) => demand.call.returnNeed({ id, missing: String(missing) })}
          onClose={onClose}
        />
      )
    case 'object':
      return (
        <QuestionsDialog
          title={words.object}
          action={words.object}
          questions={textOf('reason', words.reason)}
          act={({ reason }) => demand.call.object({ id, reason: String(reason) })}
          onClose={onClose}
        />
      )
    case 'feedback':
      return (
        <QuestionsDialog
          title={words.feedback}
          action={words.feedback}
          questions={FEEDBACK}
          act={(answers) => demand.call.giveFeedback({ id, ...(answers as unknown as Feedback) })}
          onClose={onClose}
        />
      )
    case 'withdraw':
      return (
        <QuestionsDialog
          title={words.withdraw}
          consequence={words.withdrawWhat}
          danger
          action={words.withdraw}
          questions={textOf('reason', words.reason, 2)}
          act={({ reason }) => demand.call.withdraw({ id, reason: String(reason) })}
          onClose={onClose}
        />
      )
  }
}
