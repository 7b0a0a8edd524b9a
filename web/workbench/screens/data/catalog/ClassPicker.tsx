import { useQuery } from '@tanstack/react-query'
import type { CatalogClass } from '@zhenghe/server/data/catalog/contract.ts'
import { CODE_CLASS_LENGTH } from '@zhenghe/server/data/catalog/rules.ts'
import type { Control } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { TreeSelect } from 'antd'
import { useMemo } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { compileWords as words } from '../../../texts/catalog.ts'

type ClassPickerProps = { control: Control; value: string | undefined; onChange: (code: string) => void }
type Branch = { value: string; title: string; selectable: boolean; children: Branch[] }

/** Chooses a class from the tree, by name or code; classes too wide for a resource code only open. */
export function ClassPicker({ control, value, onChange }: ClassPickerProps) {
  const { say } = useLanguage()
  const { data, isPending } = useQuery({ ...catalog.query('classes', {}), staleTime: Number.POSITIVE_INFINITY })
  const tree = useMemo(() => treeOf(data ?? []), [data])
  return (
    <TreeSelect
      {...control}
      value={value || null}
      onChange={(code) => code && onChange(code)}
      treeData={tree}
      loading={isPending}
      showSearch={{ treeNodeFilterProp: 'title' }}
      placeholder={say(words.classSearch)}
      treeLine
      listHeight={360}
    />
  )
}

function treeOf(classes: readonly CatalogClass[]): Branch[] {
  const branches = new Map(
    classes.map(({ code, name }) => [code, { value: code, title: `${name}　${code}`, selectable: code.length >= CODE_CLASS_LENGTH, children: [] as Branch[] }]),
  )
  for (const { code, parent } of classes) {
    const branch = branches.get(code)
    if (parent && branch) branches.get(parent)?.children.push(branch)
  }
  return classes.flatMap(({ code, parent }) => (parent === null ? (branches.get(code) ?? []) : []))
}
