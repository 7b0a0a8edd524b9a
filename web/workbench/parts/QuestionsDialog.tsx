import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Modal } from 'antd'
import { useId, useState } from 'react'
import { useAct } from '../hooks/useAct.ts'
import { common } from '../texts/common.ts'
import { type Answers, asked, errorsOf, type Question } from './form-model.ts'
import { Questions } from './Questions.tsx'

type QuestionsDialogProps<O> = {
  title: Text
  /** What will happen, and to whom. */
  consequence?: Text
  questions: readonly Question[]
  initial?: Answers
  action: Text
  danger?: true
  act: (answers: Answers) => Promise<O>
  onClose: () => void
}

/** An act that needs a few answers first. Shown while it is mounted; closes when the act is done. */
export function QuestionsDialog<O>({ title, consequence, questions, initial = {}, action, danger, act, onClose }: QuestionsDialogProps<O>) {
  const { say, language } = useLanguage()
  const id = useId()
  const [answers, setAnswers] = useState(initial)
  const [strict, setStrict] = useState(false)
  const { run, busy, error } = useAct(act, onClose)
  const submit = () => {
    setStrict(true)
    if (errorsOf(questions, answers, language, id).length === 0) run(tidy(questions, answers))
  }
  return (
    <Modal
      open
      width={640}
      title={say(title)}
      okText={say(action)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy, danger: danger ?? false }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        {consequence && <Alert type={danger ? 'warning' : 'info'} showIcon title={say(consequence)} />}
        <Questions id={id} questions={questions} answers={answers} change={setAnswers} strict={strict} />
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}

/** The answers as the platform takes them: texts without blanks around them, lists without blank lines; what is not asked is left out. */
export function tidy(questions: readonly Question[], answers: Answers): Answers {
  return Object.fromEntries(
    asked(questions, answers).flatMap(({ name, kind }) => {
      const value = answers[name]
      if (value === undefined) return []
      if (kind === 'lines') return [[name, (value as string[]).map((line) => line.trim()).filter(Boolean)]]
      return [[name, typeof value === 'string' && (kind === 'text' || kind === 'area') ? value.trim() : value]]
    }),
  )
}
