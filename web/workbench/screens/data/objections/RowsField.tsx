import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { MOST_ROWS } from '@zhenghe/server/data/objections/contract.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button, Input } from 'antd'
import { objectionWords as words } from '../../../texts/objections.ts'
import './Objections.css'
import { type DraftRow, withRow } from './raising.ts'

type RowsFieldProps = { rows: readonly DraftRow[]; onChange: (rows: readonly DraftRow[]) => void; error: string | undefined }
const PARTS = [
  ['key', words.rowKey, 200],
  ['field', words.rowField, 120],
  ['problem', words.rowProblem, 300],
] as const

/** The doubted values, a line each. */
export function RowsField({ rows, onChange, error }: RowsFieldProps) {
  const { say } = useLanguage()
  const set = (n: number, part: Partial<DraftRow>) => onChange(rows.map((row) => (row.n === n ? { ...row, ...part } : row)))
  return (
    <FieldGroup id="rows" label={say(words.rows)} hint={say(words.rowsHint)} error={error} optional>
      <div className="stack">
        {rows.map((row, at) => (
          <div key={row.n} className="doubted-row">
            {PARTS.map(([name, text, longest]) => (
              <Input
                key={name}
                aria-label={`${say(text)} ${at + 1}`}
                placeholder={say(text)}
                maxLength={longest}
                value={row[name]}
                onChange={({ target }) => set(row.n, { [name]: target.value })}
              />
            ))}
            <Button
              icon={<DeleteOutlined />}
              aria-label={say(words.removeRow, { at: at + 1 })}
              title={say(words.removeRow, { at: at + 1 })}
              onClick={() => onChange(rows.filter(({ n }) => n !== row.n))}
            />
          </div>
        ))}
        <div className="row">
          <Button icon={<PlusOutlined />} disabled={rows.length >= MOST_ROWS} onClick={() => onChange(withRow(rows))}>
            {say(words.addRow)}
          </Button>
        </div>
      </div>
    </FieldGroup>
  )
}
