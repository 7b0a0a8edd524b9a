import { Link } from '@tanstack/react-router'
import type { SheetProblem } from '@zhenghe/server/data/channels/sheet.contract.ts'
import { sheetFaults, sheetFields } from '@zhenghe/server/data/channels/texts.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { channels } from '../../../api/channels.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { download } from '../../../parts/download.ts'
import { FileButton } from '../../../parts/FileButton.tsx'
import { channelWords as words } from '../../../texts/channels.ts'

const TEMPLATE = ['provider', 'content', 'way', 'sinceOn', 'often', 'rowsMonth', 'mbMonth', 'personal', 'basis', 'contact', 'phone', 'system', 'note'] as const

/** Many channels at once: pasted or from a CSV file, checked row by row, listed only when every row is right or the others are expressly left out. */
export function ImportScreen() {
  const { say, language } = useLanguage()
  const [text, setText] = useState('')
  const check = useAct(channels.call.checkSheet)
  const list = useAct(channels.call.importSheet)
  const change = (next: string) => {
    setText(next)
    check.reset()
    list.reset()
  }
  const read = async (file: File) => change(decoded(await file.arrayBuffer()))
  const columns = TEMPLATE.map((field) => say(sheetFields[field]))
  const answer = check.answer
  return (
    <Page title={say(words.sheetTitle)} lead={say(words.sheetLead)} crumbs={[{ key: 'channels', link: <Link to="/channels">{say(words.channels)}</Link> }]}>
      <Section>
        <div className="stack">
          <Field id="sheet" label={say(words.sheet)} hint={say(words.sheetHint, { columns: columns.join(language === 'zh' ? '、' : ', ') })}>
            {(control) => <Input.TextArea {...control} rows={10} value={text} className="mono" onChange={({ target }) => change(target.value)} />}
          </Field>
          <div className="row">
            <FileButton label={say(words.sheetFile)} accept=".csv,.txt,.tsv" onPick={(file) => void read(file)} />
            <Button onClick={() => download(`${say(words.channels)}.csv`, `\uFEFF${columns.join(',')}\r\n`)}>{say(words.sheetTemplate)}</Button>
          </div>
        </div>
      </Section>
      {check.error && <Problem error={check.error} />}
      {list.error && <Problem error={list.error} />}
      {list.answer && (
        <Section>
          <div className="stack">
            <Alert
              type="success"
              showIcon
              title={say(words.sheetDone, { count: list.answer.listed.length })}
              action={<Link to="/channels">{say(words.channels)}</Link>}
            />
            {list.answer.left.length > 0 && <p>{say(words.sheetLeft)}</p>}
            <Problems problems={list.answer.left} />
          </div>
        </Section>
      )}
      {answer && !list.answer && (
        <Section>
          <p aria-live="polite">{say(words.sheetGood, { good: answer.good, bad: answer.problems.length })}</p>
          <Problems problems={answer.problems} />
        </Section>
      )}
      <div className="form-end">
        <Button type={answer ? 'default' : 'primary'} loading={check.busy} disabled={text.trim() === ''} onClick={() => check.run({ text })}>
          {say(words.sheetCheck)}
        </Button>
        {answer && answer.good > 0 && !list.answer && (
          <Button type="primary" loading={list.busy} onClick={() => list.run({ text, onlyGood: answer.problems.length > 0 })}>
            {say(answer.problems.length > 0 ? words.sheetOnlyGood : words.sheetAll, { count: answer.good })}
          </Button>
        )}
      </div>
    </Page>
  )
}

function Problems({ problems }: { problems: readonly SheetProblem[] }) {
  const { say } = useLanguage()
  return (
    <ul className="field-error">
      {problems.map(({ row, field, fault, value }) => (
        <li key={`${row} ${field} ${fault}`}>{say(words.sheetRow, { row, field: sheetFields[field], value, fault: sheetFaults[fault] })}</li>
      ))}
    </ul>
  )
}

/** The text of a file as spreadsheets save it here: UTF-8, or GB 18030 where it is not. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
