import type { FactView } from '@zhenghe/server/kernel/desk/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { FactTile } from '@zhenghe/ui/FactTile.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useState } from 'react'
import { deskWords as words } from '../../../texts/desk.ts'
import { EvidenceDrawer } from './EvidenceDrawer.tsx'

/** Figures side by side; each opens what it is made of. */
export function FactBoard({ facts, unit }: { facts: readonly FactView[]; unit: string | undefined }) {
  const { say } = useLanguage()
  const [open, setOpen] = useState<string>()
  if (facts.length === 0) return <Empty title={say(words.noFacts)} next={say(words.noFactsNext)} />
  return (
    <>
      <div className="fact-tiles">
        {facts.map((fact) => (
          <FactTile key={fact.code} fact={fact} onOpen={() => setOpen(fact.code)} />
        ))}
      </div>
      <EvidenceDrawer code={open} unit={unit} onClose={() => setOpen(undefined)} />
    </>
  )
}
