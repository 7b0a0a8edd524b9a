import { Link } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { StateLook } from '@zhenghe/ui/StateTag.tsx'
import { ledgerWords as words } from '../../../texts/ledger.ts'
import { subjectLink, subjectName } from '../../../texts/subjects.ts'

/** How a line's outcome looks: done, or refused. */
export const lookOf = (outcome: string): StateLook => (outcome === 'done' ? { tone: 'good', text: words.done } : { tone: 'warn', text: words.refused })

/** The records a line is about, each by its kind, leading to where it can be seen. */
export function SubjectLinks({ subjects }: { subjects: readonly string[] }) {
  const { say } = useLanguage()
  return (
    <span className="row">
      {subjects.map((subject) => {
        const link = subjectLink(subject)
        const name = `${say(subjectName(subject))} ${subject.slice(-6)}`
        return link ? (
          <Link key={subject} to={link} title={subject}>
            {name}
          </Link>
        ) : (
          <span key={subject} title={subject}>
            {name}
          </span>
        )
      })}
    </span>
  )
}
