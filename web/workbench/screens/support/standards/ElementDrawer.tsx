import { useQuery } from '@tanstack/react-query'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { type DataElement, ItemType } from '@zhenghe/server/support/standards/contract.ts'
import { elementRules, itemTypes } from '@zhenghe/server/support/standards/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Input, InputNumber, Select } from 'antd'
import { standards } from '../../../api/standards.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { common } from '../../../texts/common.ts'
import { standardWords as words } from '../../../texts/standards.ts'

type Values = Omit<DataElement, 'id' | 'retiredOn'>
const RULES = Object.keys(elementRules) as DataElement['rule'][]

/** Defines a data element. */
export function ElementDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { language, say } = useLanguage()
  const tables = useQuery({ ...standards.query('codeTables', {}), enabled: open })
  const define = useAct(
    ({ length, codeTable, definition, source, ...rest }: Values) =>
      standards.call.defineElement({ ...rest, length: length ?? null, codeTable: codeTable ?? null, definition: definition ?? '', source: source ?? '' }),
    onClose,
  )
  const required = (label: Text) => [{ required: true, message: say(common.required, { field: say(label) }) }]
  const types = ItemType.options.map((value) => ({ value, label: say(itemTypes[value]) }))
  return (
    <Drawer open={open} onClose={onClose} size={460} title={say(words.define)} destroyOnHidden>
      <SheetForm<Values>
        name="element"
        initial={{ type: 'C', rule: 'none' }}
        submit={say(common.save)}
        onSubmit={define.run}
        busy={define.busy}
        error={define.error}
      >
        <Form.Item
          name="identifier"
          label={say(words.identifier)}
          required
          rules={[{ required: true, pattern: /^[A-Z]{2}\d{5}$/, message: say(words.identifierShape) }]}
        >
          <Input maxLength={7} spellCheck={false} />
        </Form.Item>
        <Form.Item name="nameZh" label={say(words.title)} required rules={required(words.title)}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="nameEn" label={say(words.titleEn)} required rules={required(words.titleEn)}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="definition" label={say(words.definition)}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="type" label={say(words.type)}>
          <Select options={types} />
        </Form.Item>
        <Form.Item name="length" label={say(words.length)}>
          <InputNumber min={0} max={1_000_000} precision={0} />
        </Form.Item>
        <Form.Item name="codeTable" label={say(words.codeTable)}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            options={(tables.data ?? []).map(({ name, titleZh, titleEn }) => ({ value: name, label: language === 'zh' ? titleZh : titleEn || titleZh }))}
          />
        </Form.Item>
        <Form.Item name="rule" label={say(words.rule)}>
          <Select options={RULES.map((value) => ({ value, label: say(elementRules[value]) }))} />
        </Form.Item>
        <Form.Item name="source" label={say(words.source)}>
          <Input maxLength={200} />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
