import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import type { TableInfo } from '@zhenghe/server/data/nodes/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Modal } from 'antd'
import { useState } from 'react'
import { compileWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'
import { itemsOf } from './columns.ts'
import { ItemsTable } from './ItemsTable.tsx'
import { TablePicker } from './TablePicker.tsx'

type ImportItemsProps = { unit: string; known: readonly Item[]; add: (items: readonly Item[]) => void; onClose: () => void }

/** Items from the columns of a real table, with their comments as names. */
export function ImportItems({ unit, known, add, onClose }: ImportItemsProps) {
  const { say } = useLanguage()
  const [table, setTable] = useState<TableInfo>()
  const items = table ? itemsOf(table).filter(({ column }) => !known.some((item) => item.column === column)) : []
  return (
    <Modal
      open
      width={860}
      title={say(words.importTitle)}
      okText={say(words.importAdd, { count: items.length })}
      okButtonProps={{ disabled: items.length === 0 }}
      cancelText={say(common.cancel)}
      onOk={() => add(items)}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="faint">{say(words.importHint)}</p>
        <TablePicker unit={unit} onPick={(picked) => setTable(picked?.table)} />
        {table && <ItemsTable items={items} />}
      </div>
    </Modal>
  )
}
