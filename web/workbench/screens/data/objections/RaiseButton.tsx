import { useNavigate } from '@tanstack/react-router'
import type { ObjectionKind, Subject } from '@zhenghe/server/data/objections/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { useMay } from '../../../session.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

type RaiseButtonProps = { kind: ObjectionKind; subject: Subject; name: string; shown?: boolean }

/** Leads to the form of an objection with what it is about filled in; only for whoever may raise one. */
export function RaiseButton({ kind, subject, name, shown = true }: RaiseButtonProps) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  if (!shown || !may('objections.raise')) return null
  const search = { kind, subject: subject.kind, id: subject.id, name }
  return <Button onClick={() => void navigate({ to: '/objections/new', search: search as never })}>{say(words.raise)}</Button>
}
