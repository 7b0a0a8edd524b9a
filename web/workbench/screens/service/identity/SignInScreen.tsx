import { KeyOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useRouter } from '@tanstack/react-router'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import type { SignInResult } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { identity } from '../../../api/identity.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { meQuery } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'
import { CodeStep } from './CodeStep.tsx'
import { Gate } from './Gate.tsx'
import { passkeysWork, signInByPasskey } from './passkey.ts'

const Search = z.object({ next: z.string().startsWith('/').catch('/').default('/') })
type Credentials = { account: string; password: string }
type Step = Extract<SignInResult, { step: 'second_factor' }>

/** Account and password, or a passkey; then, where the account has one, the second factor. */
export function SignInScreen() {
  const { say } = useLanguage()
  const router = useRouter()
  const queries = useQueryClient()
  const [{ next }] = useSearchState(Search)
  const [second, setSecond] = useState<Step>()
  const firstRun = useQuery(identity.query('firstRunState', {}))
  const arrived = (result: SignInResult) => {
    if (result.step === 'second_factor') return setSecond(result)
    queries.setQueryData(meQuery.queryKey, result.me)
    router.history.push(next.startsWith('//') ? '/' : next)
  }
  const password = useMutation({ mutationFn: (input: Credentials) => identity.call.signIn(input), onSuccess: arrived })
  const passkey = useMutation({ mutationFn: () => signInByPasskey(undefined), onSuccess: arrived })
  if (firstRun.data?.needed) return <Navigate to="/first-run" replace />
  if (second) return <CodeStep step={second} arrived={arrived} startAgain={() => setSecond(undefined)} />
  const byPasskey = passkeysWork() && (
    <Button icon={<KeyOutlined />} loading={passkey.isPending} onClick={() => passkey.mutate()}>
      {say(words.withPasskey)}
    </Button>
  )
  return (
    <Gate title={say(words.signIn)}>
      <SheetForm<Credentials>
        name="sign-in"
        submit={say(words.signIn)}
        onSubmit={password.mutate}
        busy={password.isPending}
        error={password.error ?? known(passkey.error)}
        extra={byPasskey}
      >
        {isAborted(passkey.error) && <Alert type="info" showIcon title={say(words.passkeyAborted)} style={{ marginBottom: 16 }} />}
        <Form.Item
          name="account"
          label={say(words.account)}
          rules={[{ required: true, message: say(common.required, { field: say(words.account) }) }]}
          required
        >
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item
          name="password"
          label={say(words.password)}
          rules={[{ required: true, message: say(common.required, { field: say(words.password) }) }]}
          required
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
      </SheetForm>
    </Gate>
  )
}

const isAborted = (error: unknown): boolean => error instanceof Refusal && error.code === 'passkey_aborted'
const known = (error: unknown): unknown => (isAborted(error) ? undefined : (error ?? undefined))
