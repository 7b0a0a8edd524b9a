import { Alert, Button } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import './Problem.css'
import { useLanguage } from './language.tsx'
import { tell } from './problem.ts'
import { words } from './texts.ts'

/** A refusal or fault in plain words: what happened, what to do next, and the number to quote. */
export function Problem({ error, onRetry, next }: { error: unknown; onRetry?: () => void; next?: ReactNode }) {
  const { say } = useLanguage()
  const { sentence, reference, passing, fields } = tell(error)
  const words_ = typeof sentence === 'string' ? sentence : say(sentence)
  return (
    <Alert
      role="alert"
      type={passing ? 'error' : 'warning'}
      showIcon
      title={words_}
      description={
        (fields.length > 0 || reference || next) && (
          <div className="problem-more">
            {fields.map(({ path, message }) => (
              <p key={path}>
                <span className="mono">{path}</span> {message}
              </p>
            ))}
            {next}
            {reference && <p className="faint">{say(words.reference, { reference })}</p>}
          </div>
        )
      }
      action={
        onRetry && passing ? (
          <Button size="small" onClick={onRetry}>
            {say(words.retry)}
          </Button>
        ) : undefined
      }
    />
  )
}

export type FieldError = { field: string; message: string }

/** All that is wrong with a form, at its top; each line jumps to its field (an element of that id). Takes the focus when errors appear. */
export function ErrorSummary({ errors }: { errors: readonly FieldError[] }) {
  const { say } = useLanguage()
  const box = useRef<HTMLDivElement>(null)
  const count = errors.length
  useEffect(() => {
    if (count > 0) box.current?.focus()
  }, [count])
  if (count === 0) return null
  return (
    <div ref={box} tabIndex={-1} role="alert" className="error-summary">
      <p>{say(words.errorSummary, { count })}</p>
      <ul>
        {errors.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <a href={`#${field}`} onClick={(event) => jump(event, field)}>
              {message}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

function jump(event: React.MouseEvent, field: string): void {
  event.preventDefault()
  const element = document.getElementById(field)
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}
