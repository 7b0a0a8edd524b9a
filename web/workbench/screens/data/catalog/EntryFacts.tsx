import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Content, EntryHead } from '@zhenghe/server/data/catalog/contract.ts'
import { classPath } from '@zhenghe/server/data/catalog/rules.ts'
import { formats, grades, shareModes, updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { openTypes, shareTypes } from '@zhenghe/ui/states.ts'
import { catalog } from '../../../api/catalog.ts'
import { organizations } from '../../../api/organizations.ts'
import { elementWords as elements, entryWords as words } from '../../../texts/catalog.ts'

/** The class with all above it: 基础信息资源 › 法人单位 › 登记信息. The code alone while the tree is on its way. */
export function ClassPath({ code }: { code: string }) {
  const { data } = useQuery({ ...catalog.query('classes', {}), staleTime: Number.POSITIVE_INFINITY })
  const names = new Map(data?.map((one) => [one.code, one.name]))
  const path = classPath(code).flatMap((one) => names.get(one) ?? [])
  return (
    <>
      {path.join(' › ')} <span className="mono faint">{code}</span>
    </>
  )
}

/** The elements that say what the resource is, in the order of the standard; those of sharing and opening are `Terms`. */
export function Basics({ head, content }: { head: EntryHead; content: Content }) {
  const { say } = useLanguage()
  const { data: units } = useQuery(organizations.query('unitsById', { ids: [content.provider] }))
  return (
    <KeyValue
      pairs={[
        { label: say(elements.class), value: <ClassPath code={content.class} />, wide: true },
        { label: say(elements.name), value: content.name },
        { label: say(elements.code), value: <span className="mono">{head.code}</span> },
        { label: say(elements.provider), value: [head.providerName, content.providerOffice].filter(Boolean).join('　') },
        { label: say(elements.providerCode), value: <span className="mono">{units?.[0]?.uscc ?? '—'}</span> },
        { label: say(elements.abstract), value: content.abstract, wide: true },
        { label: say(elements.format), value: `${say(formats[content.format])}　${content.formatType}` },
        { label: say(elements.updateCycle), value: say(updateCycles[content.updateCycle]) },
        { label: say(elements.publishedOn), value: <Day value={head.publishedOn} /> },
        { label: say(elements.grade), value: say(grades[content.grade]) },
        { label: say(elements.system), value: content.system },
        { label: say(elements.tags), value: content.tags.join('、') },
        { label: say(elements.related), value: <Related codes={content.related} />, wide: true },
      ]}
    />
  )
}

function Related({ codes }: { codes: readonly string[] }) {
  if (codes.length === 0) return <span className="faint">—</span>
  return (
    <span className="row">
      {codes.map((code) => (
        <Link key={code} to="/catalog" search={{ text: code } as never} className="mono">
          {code}
        </Link>
      ))}
    </span>
  )
}

export function Terms({ content: { share, open } }: { content: Content }) {
  const { say } = useLanguage()
  const none = say(words.noCondition)
  return (
    <KeyValue
      pairs={[
        { label: say(elements['share.type']), value: <StateTag look={shareTypes[share.type]} /> },
        { label: say(elements['share.mode']), value: say(shareModes[share.mode]) },
        { label: say(elements['share.condition']), value: share.condition || none, wide: true },
        ...(share.basis ? [{ label: say(elements['share.basis']), value: share.basis, wide: true }] : []),
        { label: say(elements['open.type']), value: <StateTag look={openTypes[open.type]} /> },
        { label: say(elements['open.condition']), value: open.condition || none },
      ]}
    />
  )
}
