import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Input, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { compileWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'
import { ItemsTable } from './ItemsTable.tsx'
import { readPasted } from './paste.ts'

type PasteItemsProps = { add: (items: readonly Item[]) => void; onClose: () => void }

/** Rows copied out of a spreadsheet: what was read, and which rows are wrong and why, before anything is added. */
export function PasteItems({ add, onClose }: PasteItemsProps) {
  const { say } = useLanguage()
  const [text, setText] = useState('')
  const { items, problems } = useMemo(() => readPasted(text), [text])
  return (
    <Modal
      open
      width={860}
      title={say(words.pasteTitle)}
      okText={say(words.pasteAdd, { count: items.length })}
      okButtonProps={{ disabled: items.length === 0 }}
      cancelText={say(common.cancel)}
      onOk={() => add(items)}
      onCancel={onClose}
    >
      <div className="stack">
        <Field id="paste" label={say(words.pasteItems)} hint={say(words.pasteHint)}>
          {(control) => <Input.TextArea {...control} rows={6} value={text} onChange={({ target }) => setText(target.value)} className="mono" />}
        </Field>
        {text !== '' && <p aria-live="polite">{say(words.pasteRead, { good: items.length, bad: problems.length })}</p>}
        {problems.length > 0 && (
          <ul className="field-error">
            {problems.map(({ row, text: problem, params }) => (
              <li key={row}>{say(words.pasteRow, { row, problem: say(problem, params) })}</li>
            ))}
          </ul>
        )}
        {items.length > 0 && <ItemsTable items={items} />}
      </div>
    </Modal>
  )
}
