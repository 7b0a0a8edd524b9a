import { useQueryClient } from '@tanstack/react-query'
import { AccountState } from '@zhenghe/server/service/identity/contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { accountStates } from '@zhenghe/ui/states.ts'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { identity } from '../../../api/identity.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { SearchBox } from '../../../parts/SearchBox.tsx'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'
import { AccountActions, type AccountRow } from './AccountActions.tsx'
import { type NewPassword, OneTimePassword } from './OneTimePassword.tsx'
import { OpenAccount } from './OpenAccount.tsx'

const Search = z.object({ text: z.string().default('').catch(''), state: AccountState.optional().catch(undefined) })

/** All accounts, for the security administrator: open, unlock, reset, close. */
export function AccountsScreen() {
  const { say } = useLanguage()
  const queries = useQueryClient()
  const [search, setSearch] = useSearchState(Search)
  const [opening, setOpening] = useState(false)
  const [made, setMade] = useState<NewPassword>()
  const { error, retry, ...pages } = usePages(search, (after) => identity.query('accounts', { text: search.text || undefined, state: search.state, after }))
  const columns: Column<AccountRow>[] = [
    { key: 'person', title: common.person, lead: true, render: ({ personName }) => personName },
    { key: 'account', title: words.account, render: ({ name }) => <span className="mono">{name}</span> },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={accountStates[state]} /> },
    { key: 'factor', title: words.secondFactor, render: ({ secondFactor, passkeys }) => factors(say, secondFactor, passkeys) },
    { key: 'last', title: words.lastSignIn, render: ({ lastSignIn }) => <Moment value={lastSignIn} /> },
    { key: 'actions', title: { zh: '操作', en: 'Actions' }, render: (row) => <AccountActions account={row} onPassword={setMade} /> },
  ]
  const states = AccountState.options.map((value) => ({ value, label: say(accountStates[value].text) }))
  return (
    <Page
      title={say(words.accounts)}
      action={
        <Button type="primary" onClick={() => setOpening(true)}>
          {say(words.openAccount)}
        </Button>
      }
    >
      <DataTable<AccountRow>
        id="accounts"
        label={say(words.accounts)}
        columns={columns}
        keyOf={({ person }) => person}
        {...pages}
        problem={error ? <Problem error={error} onRetry={retry} /> : undefined}
        empty={<Empty title={say(words.noAccounts)} next={say(words.noAccountsNext)} />}
        tools={
          <>
            <SearchBox label={say(words.searchAccounts)} value={search.text} onSearch={(text) => setSearch({ text })} />
            <Select
              allowClear
              options={states}
              value={search.state ?? null}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ width: 150 }}
              onChange={(state) => setSearch({ state: state ?? undefined })}
            />
          </>
        }
      />
      <OpenAccount open={opening} onClose={() => setOpening(false)} onPassword={setMade} />
      <OneTimePassword
        made={made}
        onClose={() => {
          setMade(undefined)
          void queries.invalidateQueries()
        }}
      />
    </Page>
  )
}

function factors(say: ReturnType<typeof useLanguage>['say'], totp: boolean, passkeys: number): string {
  return [...(totp ? [say(words.totp)] : []), ...(passkeys > 0 ? [`${say(words.passkeys)} × ${passkeys}`] : [])].join('　') || '—'
}
