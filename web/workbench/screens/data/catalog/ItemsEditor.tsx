import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, EllipsisOutlined, ImportOutlined, PlusOutlined, SnippetsOutlined } from '@ant-design/icons'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { ItemType } from '@zhenghe/server/support/standards/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { itemTypes, itemWords, compileWords as words } from '../../../texts/catalog.ts'
import type { FormPart } from './CompileSections.tsx'
import { ImportItems } from './ImportItems.tsx'
import { ItemDetails } from './ItemDetails.tsx'
import { PasteItems } from './PasteItems.tsx'
import { errorOf } from './problems.ts'

const NEW_ITEM: Item = {
  ...{ name: '', column: '', type: 'C', length: 50, key: false, nullable: true },
  ...{ sensitive: false, element: null, codeTable: null, description: '' },
}

/** The items of an entry as a table one writes into; they come by hand, from a spreadsheet, or from a real table. */
export function ItemsEditor({ content, change, errors }: FormPart) {
  const { say } = useLanguage()
  const { items } = content
  const [dialog, setDialog] = useState<'paste' | 'import'>()
  const set = (next: Item[]) => change({ items: next })
  const add = (more: readonly Item[]) => {
    set([...items, ...more.filter(({ column }) => !items.some((item) => item.column === column))])
    setDialog(undefined)
  }
  const actions = (
    <>
      <Button icon={<ImportOutlined />} onClick={() => setDialog('import')}>
        {say(words.importItems)}
      </Button>
      <Button icon={<SnippetsOutlined />} onClick={() => setDialog('paste')}>
        {say(words.pasteItems)}
      </Button>
      <Button icon={<PlusOutlined />} onClick={() => set([...items, NEW_ITEM])}>
        {say(words.addItem)}
      </Button>
    </>
  )
  return (
    <Section title={say(words.items)} extra={actions}>
      <div id="items" tabIndex={-1}>
        {errorOf(errors, 'items') && <p className="field-error">{errorOf(errors, 'items')}</p>}
        {items.length === 0 ? <Empty title={say(words.noItems)} next={say(words.noItemsNext)} /> : <ItemRows items={items} set={set} errors={errors} />}
      </div>
      {dialog === 'paste' && <PasteItems add={add} onClose={() => setDialog(undefined)} />}
      {dialog === 'import' && <ImportItems unit={content.provider} known={items} add={add} onClose={() => setDialog(undefined)} />}
    </Section>
  )
}

type RowsProps = { items: readonly Item[]; set: (items: Item[]) => void; errors: FormPart['errors'] }

function ItemRows({ items, set, errors }: RowsProps) {
  const { say } = useLanguage()
  const [open, setOpen] = useState<number>()
  const edit = (at: number, part: Partial<Item>) => set(items.map((item, index) => (index === at ? { ...item, ...part } : item)))
  const move = (at: number, by: 1 | -1) => set(items.with(at, items[at + by]!).with(at + by, items[at]!))
  const heads = [itemWords.name, itemWords.column, itemWords.type, itemWords.length, itemWords.key, itemWords.nullable, itemWords.sensitive]
  const shown = open === undefined ? undefined : items[open]
  return (
    <div className="item-rows">
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            {heads.map((head) => (
              <th key={head.zh} scope="col">
                {say(head)}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">{say(words.more)}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place while they are written
            <ItemRow key={at} {...{ item, at, errors }} last={at === items.length - 1} edit={(part) => edit(at, part)}>
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                disabled={at === 0}
                onClick={() => move(at, -1)}
                aria-label={say(words.moveUp, { name: item.name })}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                disabled={at === items.length - 1}
                onClick={() => move(at, 1)}
                aria-label={say(words.moveDown, { name: item.name })}
              />
              <Button type="text" size="small" icon={<EllipsisOutlined />} onClick={() => setOpen(at)} aria-label={say(words.editItem, { name: item.name })} />
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                onClick={() => set(items.toSpliced(at, 1))}
                aria-label={say(words.removeItem, { name: item.name || say(words.unnamed) })}
              />
            </ItemRow>
          ))}
        </tbody>
      </table>
      {shown && open !== undefined && <ItemDetails item={shown} edit={(part) => edit(open, part)} onClose={() => setOpen(undefined)} />}
    </div>
  )
}

type ItemRowProps = { item: Item; at: number; last: boolean; edit: (part: Partial<Item>) => void; errors: FormPart['errors']; children: React.ReactNode }
const WITH_LENGTH: readonly Item['type'][] = ['C', 'M', 'N', 'Y']

function ItemRow({ item, at, edit, errors, children }: ItemRowProps) {
  const { say } = useLanguage()
  const label = (what: (typeof itemWords)[keyof typeof itemWords]) => say(words.itemOf, { at: at + 1, what: say(what) })
  const problem = errors.filter(({ field }) => field.startsWith(`items.${at}.`)).map(({ sentence }) => sentence)
  const status = (field: string) => (errorOf(errors, `items.${at}.${field}`) ? 'error' : '')
  const types = ItemType.options.map((value) => ({ value, label: say(itemTypes[value]) }))
  return (
    <>
      <tr>
        <td className="faint number">{at + 1}</td>
        <td data-label={say(itemWords.name)}>
          <Input
            id={`items.${at}.name`}
            status={status('name')}
            aria-label={label(itemWords.name)}
            value={item.name}
            onChange={({ target }) => edit({ name: target.value })}
          />
        </td>
        <td data-label={say(itemWords.column)}>
          <Input
            id={`items.${at}.column`}
            status={status('column')}
            aria-label={label(itemWords.column)}
            className="mono"
            value={item.column}
            onChange={({ target }) => edit({ column: target.value.trim().toLowerCase() })}
          />
        </td>
        <td data-label={say(itemWords.type)}>
          <Select
            aria-label={label(itemWords.type)}
            value={item.type}
            options={types}
            onChange={(type) => edit({ type, ...(WITH_LENGTH.includes(type) ? {} : { length: null }) })}
          />
        </td>
        <td data-label={say(itemWords.length)}>
          <InputNumber
            id={`items.${at}.length`}
            status={status('length')}
            aria-label={label(itemWords.length)}
            min={0}
            max={1_000_000}
            controls={false}
            disabled={!WITH_LENGTH.includes(item.type)}
            value={item.length}
            onChange={(length) => edit({ length })}
          />
        </td>
        <td data-label={say(itemWords.key)}>
          <Checkbox
            aria-label={label(itemWords.key)}
            checked={item.key}
            onChange={({ target }) => edit({ key: target.checked, ...(target.checked ? { nullable: false } : {}) })}
          />
        </td>
        <td data-label={say(itemWords.nullable)}>
          <Checkbox
            aria-label={label(itemWords.nullable)}
            checked={item.nullable}
            disabled={item.key}
            onChange={({ target }) => edit({ nullable: target.checked })}
          />
        </td>
        <td data-label={say(itemWords.sensitive)}>
          <Checkbox aria-label={label(itemWords.sensitive)} checked={item.sensitive} onChange={({ target }) => edit({ sensitive: target.checked })} />
        </td>
        <td className="item-acts">{children}</td>
      </tr>
      {problem.length > 0 && (
        <tr className="item-problem">
          <td />
          <td colSpan={8} className="field-error">
            {problem.join(' ')}
          </td>
        </tr>
      )}
    </>
  )
}
