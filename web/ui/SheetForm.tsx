import { Button, Form, type FormInstance } from 'antd'
import { type ReactNode, useState } from 'react'
import { ErrorSummary, type FieldError, Problem } from './Problem.tsx'

export type SheetFormProps<T> = {
  /** Begins the ids of the fields: `<name>_<field>`. */
  name: string
  initial?: Partial<T>
  onSubmit: (values: T) => void
  submit: string
  busy?: boolean
  /** What the server refused. */
  error?: unknown
  /** Beside the submit button. */
  extra?: ReactNode
  form?: FormInstance<T>
  onChange?: (values: T) => void
  children: ReactNode
}

/** A form in one column: labels above, a summary of errors at the top that jumps to the field, what was refused above the button. */
export function SheetForm<T extends object>({ name, initial, onSubmit, submit, busy, error, extra, form, onChange, children }: SheetFormProps<T>) {
  const [errors, setErrors] = useState<readonly FieldError[]>([])
  const finish = (values: T) => {
    setErrors([])
    onSubmit(values)
  }
  return (
    <Form<T>
      name={name}
      {...(form ? { form } : {})}
      layout="vertical"
      initialValues={initial as Partial<T> & object}
      validateTrigger="onBlur"
      scrollToFirstError={false}
      onFinish={finish}
      onFinishFailed={({ errorFields }) =>
        setErrors(errorFields.map(({ name: path, errors: [message = ''] }) => ({ field: [name, ...path].join('_'), message })))
      }
      onValuesChange={(_, values) => onChange?.(values as T)}
    >
      <div className="stack">
        <ErrorSummary errors={errors} />
        <div className="sheet-fields">{children}</div>
        {error !== undefined && error !== null && <Problem error={error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={busy ?? false}>
            {submit}
          </Button>
          {extra}
        </div>
      </div>
    </Form>
  )
}
