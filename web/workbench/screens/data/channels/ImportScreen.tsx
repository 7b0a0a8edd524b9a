import { DownloadOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import type { SheetProblem } from '@zhenghe/server/data/channels/sheet.contract.ts'
import { cellsOf } from '@zhenghe/server/data/channels/sheet.rules.ts'
import { sheetFaults, sheetFields } from '@zhenghe/server/data/channels/texts.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { channels } from '../../../api/channels.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { csvOf } from '../../../parts/csv.ts'
import { download } from '../../../parts/download.ts'
import { FileButton } from '../../../parts/FileButton.tsx'
import { sheetText } from '../../../parts/xlsx.ts'
import { channelWords as words } from '../../../texts/channels.ts'

const TEMPLATE = ['provider', 'content', 'way', 'sinceOn', 'often', 'rowsMonth', 'mbMonth', 'personal', 'basis', 'contact', 'phone', 'system', 'note'] as const

/** Many channels at once: pasted, or from an Excel or CSV file, checked row by row, listed only when every row is right or the others are expressly left out. */
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
  const [unreadable, setUnreadable] = useState(false)
  const read = async (file: File) => {
    const found = /\.(xlsx|xlsm)$/i.test(file.name) ? await sheetText(file) : decoded(await file.arrayBuffer())
    setUnreadable(found === undefined)
    if (found !== undefined) change(found)
  }
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
            <FileButton label={say(words.sheetFile)} accept=".xlsx,.xlsm,.csv,.txt,.tsv" onPick={(file) => void read(file)} />
            <Button onClick={() => download(`${say(words.channels)}.csv`, csvOf([columns]))}>{say(words.sheetTemplate)}</Button>
          </div>
          {unreadable && <Alert type="error" showIcon title={say(words.sheetUnreadable)} />}
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
            <Problems text={text} problems={list.answer.left} />
          </div>
        </Section>
      )}
      {answer && !list.answer && (
        <Section>
          <p aria-live="polite">{say(words.sheetGood, { good: answer.good, bad: answer.problems.length })}</p>
          <Problems text={text} problems={answer.problems} />
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

/** What is wrong, cell by cell; and the sheet given back with it in a column of its own. */
function Problems({ text, problems }: { text: string; problems: readonly SheetProblem[] }) {
  const { say } = useLanguage()
  if (problems.length === 0) return null
  const told = ({ field, fault, value }: SheetProblem) => say(words.sheetCell, { field: sheetFields[field], value, fault: sheetFaults[fault] })
  const back = () => {
    const faults = new Map<number, string>()
    for (const one of problems) faults.set(one.row, [faults.get(one.row), told(one)].filter(Boolean).join('；'))
    const lines = cellsOf(text).map(({ row, cells }, at) => [at === 0 ? say(words.sheetFaults) : (faults.get(row) ?? ''), ...cells])
    download(`${say(words.channels)}.csv`, csvOf(lines))
  }
  return (
    <>
      <ul className="field-error">
        {problems.map((one) => (
          <li key={`${one.row} ${one.field} ${one.fault}`}>{say(words.sheetRow, { ...one, field: sheetFields[one.field], fault: sheetFaults[one.fault] })}</li>
        ))}
      </ul>
      <div>
        <Button icon={<DownloadOutlined />} onClick={back}>
          {say(words.sheetBack)}
        </Button>
      </div>
    </>
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
