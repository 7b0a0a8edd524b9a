import { CheckCircleFilled } from '@ant-design/icons'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { compileWords as words } from '../../../texts/catalog.ts'

/** What still keeps an entry from being submitted; each line leads to its field. */
export function RuleCheck({ errors }: { errors: readonly FieldError[] }) {
  const { say } = useLanguage()
  return (
    <div className="rule-check">
      <Section title={say(words.check)}>
        <p aria-live="polite" className={errors.length === 0 ? 'rule-good' : undefined}>
          {errors.length === 0 && <CheckCircleFilled aria-hidden="true" />}{' '}
          {errors.length === 0 ? say(words.allGood) : say(words.problems, { count: errors.length })}
        </p>
        <ul>
          {errors.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <button type="button" onClick={() => goTo(field)}>
                {message}
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}

function goTo(field: string): void {
  const element = document.getElementById(field)
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}
