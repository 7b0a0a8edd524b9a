import { DownOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { Button, Dropdown, Input } from 'antd'
import { type FormEvent, type ReactNode, useState } from 'react'
import { identity } from '../api/identity.ts'
import { useMe } from '../session.ts'
import { shellWords } from '../texts/shell.ts'
import { LanguageSwitch } from './LanguageSwitch.tsx'

export function TopBar({ start }: { start: ReactNode }) {
  return (
    <header className="top-bar no-print">
      {start}
      <CatalogueSearch />
      <div className="row top-bar-end">
        <LanguageSwitch />
        <AccountMenu />
      </div>
    </header>
  )
}

function CatalogueSearch() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void navigate({ to: '/catalog', search: { text: text.trim() } } as never)
  }
  return (
    <search className="top-search">
      <form onSubmit={submit}>
        <Input
          value={text}
          onChange={({ target }) => setText(target.value)}
          prefix={<SearchOutlined aria-hidden="true" />}
          placeholder={say(shellWords.searchCatalogue)}
          aria-label={say(shellWords.searchCatalogue)}
          enterKeyHint="search"
          allowClear
        />
      </form>
    </search>
  )
}

function AccountMenu() {
  const { say } = useLanguage()
  const me = useMe()
  const narrow = useNarrow()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const signOut = async () => {
    await identity.call.signOut({}).catch(() => undefined)
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
  const items = [
    { key: 'who', label: `${me.person.name} · ${me.unit.name}`, disabled: true },
    { key: 'account', label: say(shellWords.account), onClick: () => void navigate({ to: '/account' }) },
    { key: 'out', label: say(shellWords.signOut), onClick: () => void signOut() },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <Button
        type="text"
        icon={<UserOutlined />}
        title={say(shellWords.account)}
        aria-label={narrow ? `${say(shellWords.account)} ${me.person.name}` : undefined}
      >
        {!narrow && (
          <>
            {me.person.name}
            <span className="faint top-unit">{me.unit.shortName}</span>
            <DownOutlined aria-hidden="true" style={{ fontSize: 10 }} />
          </>
        )}
      </Button>
    </Dropdown>
  )
}
