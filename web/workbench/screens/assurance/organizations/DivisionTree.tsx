import { useQuery } from '@tanstack/react-query'
import type { Division } from '@zhenghe/server/assurance/organizations/contract.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Button, Tree, type TreeDataNode } from 'antd'
import { useMemo } from 'react'
import { organizations } from '../../../api/organizations.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'

type DivisionTreeProps = { chosen: string | undefined; choose: (code: string | undefined) => void }

/** The divisions in force, from the city down to its towns; choosing one narrows the list to it and what is below. */
export function DivisionTree({ chosen, choose }: DivisionTreeProps) {
  const { say } = useLanguage()
  const { data } = useQuery(organizations.query('divisions', { levels: ['province', 'city', 'county', 'town'] }))
  const nodes = useMemo(() => nodesOf(data ?? []), [data])
  const all = (
    <Button size="small" type="text" disabled={!chosen} onClick={() => choose(undefined)}>
      {say(words.allDivisions)}
    </Button>
  )
  return (
    <Section title={say(words.divisions)} extra={all}>
      {!data && <Lines count={5} />}
      {data && (
        <Tree
          blockNode
          treeData={nodes}
          aria-label={say(words.divisions)}
          selectedKeys={chosen ? [chosen] : []}
          defaultExpandedKeys={nodes.map(({ key }) => key)}
          onSelect={([code]) => choose(code === undefined ? undefined : String(code))}
        />
      )}
    </Section>
  )
}

/** The tree of divisions; those whose parent is not among them stand at the top. */
function nodesOf(divisions: readonly Division[]): TreeDataNode[] {
  const below = Map.groupBy(divisions, ({ parent }) => parent)
  const codes = new Set(divisions.map(({ code }) => code))
  const node = ({ code, name }: Division): TreeDataNode => {
    const children = (below.get(code) ?? []).map(node)
    return children.length > 0 ? { key: code, title: name, children } : { key: code, title: name, isLeaf: true }
  }
  return divisions.filter(({ parent }) => parent === null || !codes.has(parent)).map(node)
}
