import { useLanguage } from '@zhenghe/ui/language.tsx'
import { tell } from '@zhenghe/ui/problem.ts'
import { App, Button, type ButtonProps } from 'antd'
import type { ReactNode } from 'react'
import { useAct } from '../hooks/useAct.ts'

type Words = { children: string; label?: never } | { children?: never; label: string }
type ActButtonProps<O> = Pick<ButtonProps, 'type' | 'danger' | 'size' | 'icon' | 'disabled'> &
  Words & {
    act: () => Promise<O>
    after?: (out: O) => void
    /** Asked first, where the act cannot be undone: what will happen, and to whom. */
    confirm?: { title: string; content: ReactNode; danger?: true }
  }

/** A button that is a whole act: asks where it must, runs, and says in a dialogue why it was refused. With an icon alone, `label` names it. */
export function ActButton<O>({ act, after, confirm, children, label, ...look }: ActButtonProps<O>) {
  const { say } = useLanguage()
  const { modal } = App.useApp()
  const { run, busy } = useAct((_: undefined) => act(), after)
  const refused = (error: unknown) => {
    const { sentence } = tell(error)
    modal.warning({ title: typeof sentence === 'string' ? sentence : say(sentence) })
  }
  const go = () => run(undefined, { onError: refused })
  const ask = () => {
    if (!confirm) return
    const { title, content, danger = false } = confirm
    void modal.confirm({ title, content, okText: children ?? label, okButtonProps: { danger }, onOk: go })
  }
  return (
    <Button {...look} {...(label ? { 'aria-label': label, title: label } : {})} loading={busy} onClick={confirm ? ask : go}>
      {children}
    </Button>
  )
}
