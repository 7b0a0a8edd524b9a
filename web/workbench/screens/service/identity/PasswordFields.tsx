import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Form, Input } from 'antd'
import { common } from '../../../texts/common.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'

export const SHORTEST_PASSWORD = 12
export type PasswordChange = { old: string; next: string; again: string }

/** The old password, the new one, and the new one again. */
export function PasswordFields() {
  const { say } = useLanguage()
  return (
    <>
      <Form.Item
        name="old"
        label={say(words.oldPassword)}
        required
        rules={[{ required: true, message: say(common.required, { field: say(words.oldPassword) }) }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="next"
        label={say(words.nextPassword)}
        extra={say(words.passwordRule)}
        required
        rules={[{ required: true, min: SHORTEST_PASSWORD, message: say(words.passwordShort) }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={say(words.repeatPassword)}
        dependencies={['next']}
        required
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) => (value === getFieldValue('next') ? Promise.resolve() : Promise.reject(new Error(say(words.passwordsDiffer)))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  )
}
