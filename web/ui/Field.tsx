import type { ReactNode } from 'react'
import './Field.css'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** What a control needs to belong to its field: spread it onto the control. */
export type Control = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined; status: '' | 'error' }

export type FieldProps = {
  /** Also where an error summary jumps to. */
  id: string
  label: string
  /** What to write, where the label leaves it open. */
  hint?: ReactNode
  error?: string | undefined
  optional?: boolean
  /** Takes the whole width of a grid of fields. */
  wide?: boolean
  children: (control: Control) => ReactNode
}

/** One question of a form: its label, what to write, the answer, and what is wrong with it. */
export function Field({ id, label, hint, error, optional = false, wide = false, children }: FieldProps) {
  const { say } = useLanguage()
  return (
    <div className={wide ? 'field wide' : 'field'}>
      <label htmlFor={id} className="field-label">
        {label}
        {optional && <span className="faint">{say(words.optional)}</span>}
      </label>
      {children({ id, status: error ? 'error' : '', 'aria-invalid': error ? true : undefined, 'aria-describedby': describedBy(id, hint, error) })}
      <Below id={id} hint={hint} error={error} />
    </div>
  )
}

/** A question answered by several controls (choices, a table): the group carries the label. */
export function FieldGroup({ id, label, hint, error, optional = false, wide = true, children }: Omit<FieldProps, 'children'> & { children: ReactNode }) {
  const { say } = useLanguage()
  return (
    <fieldset id={id} tabIndex={-1} aria-labelledby={`${id}-label`} aria-describedby={describedBy(id, hint, error)} className={wide ? 'field wide' : 'field'}>
      <span id={`${id}-label`} className="field-label">
        {label}
        {optional && <span className="faint">{say(words.optional)}</span>}
      </span>
      {children}
      <Below id={id} hint={hint} error={error} />
    </fieldset>
  )
}

function Below({ id, hint, error }: { id: string; hint: ReactNode; error: string | undefined }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </>
  )
}

function describedBy(id: string, hint: ReactNode, error: string | undefined): string | undefined {
  return [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
}
