import { useQuery } from '@tanstack/react-query'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import { standards } from '../../../api/standards.ts'
import { itemWords, compileWords as words } from '../../../texts/catalog.ts'

type ItemDetailsProps = { item: Item; edit: (part: Partial<Item>) => void; onClose: () => void }

/** What an item follows: its data element, its code table, and its meaning in words. */
export function ItemDetails({ item, edit, onClose }: ItemDetailsProps) {
  const { say, language } = useLanguage()
  const [asked, setAsked] = useState(item.name)
  const { data: tables } = useQuery(standards.query('codeTables', {}))
  const { data: elements } = useQuery(standards.query('elements', { text: asked.slice(0, 60), limit: 30 }))
  const titled = tables?.map(({ name, titleZh, titleEn }) => ({ value: name, label: `${language === 'zh' ? titleZh : titleEn}　${name}` }))
  const named = elements?.items.map(({ identifier, nameZh }) => ({ value: identifier, label: `${nameZh}　${identifier}` }))
  return (
    <Drawer open onClose={onClose} size={420} title={say(words.editItem, { name: item.name || say(words.unnamed) })}>
      <div className="stack">
        <Field id="item.element" label={say(itemWords.element)} optional>
          {(control) => (
            <Select
              {...control}
              allowClear
              showSearch={{ filterOption: false, onSearch: setAsked }}
              value={item.element}
              options={named ?? []}
              onChange={(element: string | undefined) => edit({ element: element ?? null })}
            />
          )}
        </Field>
        <Field id="item.codeTable" label={say(itemWords.codeTable)} optional>
          {(control) => (
            <Select
              {...control}
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              value={item.codeTable}
              options={titled ?? []}
              onChange={(codeTable: string | undefined) => edit({ codeTable: codeTable ?? null })}
            />
          )}
        </Field>
        <Field id="item.description" label={say(itemWords.description)} optional>
          {(control) => (
            <Input.TextArea {...control} rows={4} maxLength={500} value={item.description} onChange={({ target }) => edit({ description: target.value })} />
          )}
        </Field>
      </div>
    </Drawer>
  )
}
