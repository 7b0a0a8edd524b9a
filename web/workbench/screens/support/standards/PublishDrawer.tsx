import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type Code, type CodeTable, CodeTableName } from '@zhenghe/server/support/standards/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Checkbox, Drawer, Form, Input } from 'antd'
import { standards } from '../../../api/standards.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { common } from '../../../texts/common.ts'
import { standardWords as words } from '../../../texts/standards.ts'
import { readCodeLines, writeCodeLines } from './code-lines.ts'

type Values = Pick<CodeTable, 'name' | 'titleZh' | 'titleEn' | 'source' | 'certain'> & { lines: string }
type PublishDrawerProps = { open: boolean; from: { table: CodeTable; codes: Code[] } | undefined; onClose: () => void }

/** Publishes the next version of a table from the codes as lines; a new table where none is given. */
export function PublishDrawer({ open, from, onClose }: PublishDrawerProps) {
  const { say } = useLanguage()
  const after = from?.table.version ?? 0
  const publish = useAct(({ lines, name, titleEn = '', ...rest }: Values) => {
    return standards.call.publishCodeTable({ ...rest, titleEn, name: from?.table.name ?? name, after, codes: readCodeLines(lines).codes })
  }, onClose)
  const required = (label: Text) => [{ required: true, message: say(common.required, { field: say(label) }) }]
  const initial = from ? { ...from.table, lines: writeCodeLines(from.codes) } : { certain: false, lines: '' }
  return (
    <Drawer open={open} onClose={onClose} size={720} title={say(from ? words.publishNext : words.newTable)} destroyOnHidden>
      <SheetForm<Values>
        name="code-table"
        initial={initial}
        submit={say(words.publishAs, { version: after + 1 })}
        onSubmit={publish.run}
        busy={publish.busy}
        error={publish.error}
      >
        {!from && (
          <Form.Item
            name="name"
            label={say(words.tableName)}
            required
            rules={[{ validator: (_, value) => fits(CodeTableName.safeParse(value).success, say(words.tableNameShape)) }]}
          >
            <Input maxLength={60} spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item name="titleZh" label={say(words.title)} required rules={required(words.title)}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="titleEn" label={say(words.titleEn)}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="source" label={say(words.source)} required rules={required(words.source)}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="certain" valuePropName="checked">
          <Checkbox>{say(words.certain)}</Checkbox>
        </Form.Item>
        <Form.Item name="lines" label={say(words.code)} extra={say(words.pasteLead)} required rules={[{ validator: (_, value) => linesFit(value, say) }]}>
          <Input.TextArea className="mono" autoSize={{ minRows: 10, maxRows: 24 }} spellCheck={false} />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}

const fits = (good: boolean, wrong: string): Promise<void> => (good ? Promise.resolve() : Promise.reject(new Error(wrong)))

function linesFit(text: string, say: ReturnType<typeof useLanguage>['say']): Promise<void> {
  const { codes, broken } = readCodeLines(text)
  const [line] = broken
  if (line !== undefined) return fits(false, say(words.lineBroken, { line }))
  return fits(codes.length > 0, say(words.noLines))
}
