import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useDocumentTitle } from '@zhenghe/ui/title.tsx'
import type { ReactNode } from 'react'
import { LanguageSwitch } from '../../../shell/LanguageSwitch.tsx'
import { shellWords } from '../../../texts/shell.ts'
import './Gate.css'

/** The frame of the pages before one is in: the product's name, one thing to do, the language. */
export function Gate({ title, lead, wide, children }: { title: string; lead?: ReactNode; wide?: boolean; children: ReactNode }) {
  const { say } = useLanguage()
  useDocumentTitle(title)
  return (
    <div className="gate">
      <header className="gate-head">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span className="gate-name">{say(shellWords.product)}</span>
        <span className="gate-line">{say(shellWords.productLine)}</span>
        <LanguageSwitch />
      </header>
      <main className={wide ? 'gate-card wide' : 'gate-card'}>
        <h1>{title}</h1>
        {lead && <p className="gate-lead">{lead}</p>}
        {children}
      </main>
    </div>
  )
}
