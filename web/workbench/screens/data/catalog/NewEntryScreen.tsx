import { Link, useNavigate } from '@tanstack/react-router'
import { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMe } from '../../../session.ts'
import { elementWords as elements, mineWords, compileWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'
import { ClassPicker } from './ClassPicker.tsx'

/** Name and class of a new entry; from them the platform makes its code, and the draft begins. */
export function NewEntryScreen() {
  const { say } = useLanguage()
  const { unit } = useMe()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [code, setCode] = useState<string>()
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(catalog.call.compile, ({ head }) => void navigate({ to: `/catalog/${head.id}/edit`, replace: true }))
  const missingName = Content.shape.name.safeParse(name).success ? undefined : say(common.required, { field: say(elements.name) })
  const missingClass = code ? undefined : say(common.choose, { field: say(elements.class) })
  const errors = [...(missingName ? [{ field: 'name', message: missingName }] : []), ...(missingClass ? [{ field: 'class', message: missingClass }] : [])]
  const begin = () => {
    setTried(true)
    if (errors.length === 0 && code) run({ content: { ...BLANK, items: [], name: name.trim(), class: code, provider: unit.id } })
  }
  return (
    <Page title={say(words.newTitle)} lead={say(words.newLead)} crumbs={[{ key: 'mine', link: <Link to="/catalog/mine">{say(mineWords.title)}</Link> }]}>
      <ErrorSummary errors={tried ? errors : []} />
      <Section>
        <div className="fields">
          <Field id="name" label={say(elements.name)} hint={say(words.nameHint)} error={tried ? missingName : undefined}>
            {(control) => <Input {...control} value={name} maxLength={100} onChange={({ target }) => setName(target.value)} autoFocus />}
          </Field>
          <Field id="class" label={say(elements.class)} hint={say(words.classHint)} error={tried ? missingClass : undefined}>
            {(control) => <ClassPicker control={control} value={code} onChange={setCode} />}
          </Field>
        </div>
      </Section>
      {error && <Problem error={error} />}
      <div className="row">
        <Button type="primary" onClick={begin} loading={busy}>
          {say(words.begin)}
        </Button>
      </div>
    </Page>
  )
}

/** What most resources of a department are: a table shared on conditions and not open. */
const BLANK = {
  abstract: '',
  format: 'database',
  formatType: '',
  share: { type: 'conditional', mode: 'platform_database' },
  open: { type: 'none' },
  updateCycle: 'daily',
  grade: 'general',
} as const
