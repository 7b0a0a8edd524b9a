import { type ReactNode, useEffect, useRef } from 'react'
import './Page.css'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'
import { useDocumentTitle } from './title.tsx'

/** One place above the page; `link` draws it with whatever router the front end has. */
export type Crumb = { key: string; link: ReactNode }
export type PageProps = {
  title: string
  /** One line under the title, where the title alone leaves a question open. */
  lead?: ReactNode
  crumbs?: readonly Crumb[]
  /** State tag and clock. */
  state?: ReactNode
  /** The one primary action, and what goes beside it. */
  action?: ReactNode
  /** A column on the right: the timeline of a record. */
  aside?: ReactNode
  children: ReactNode
}

/** Whether somebody already saw a page here: the very first one must not take the focus from the address bar. */
let seen = false

/** A screen: where one is, what it is, how it stands, the one thing to do. Names the browser tab and takes the focus when it is entered. */
export function Page({ title, lead, crumbs = [], state, action, aside, children }: PageProps) {
  const { say } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  useDocumentTitle(title)
  useEffect(() => {
    if (seen) heading.current?.focus({ preventScroll: true })
    seen = true
  }, [])
  return (
    <div className="page">
      {crumbs.length > 0 && (
        <nav aria-label={say(words.crumbs)} className="page-crumbs no-print">
          <ol>
            {crumbs.map(({ key, link }) => (
              <li key={key}>{link}</li>
            ))}
          </ol>
        </nav>
      )}
      <header className="page-head">
        <div className="page-titles">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {state && <div className="row">{state}</div>}
        </div>
        {action && <div className="row page-action no-print">{action}</div>}
        {lead && <p className="page-lead">{lead}</p>}
      </header>
      <div className={aside ? 'page-body with-aside' : 'page-body'}>
        <div className="page-main stack">{children}</div>
        {aside && <aside className="page-aside stack">{aside}</aside>}
      </div>
    </div>
  )
}

/** A titled part of a page, on paper. */
export function Section({ title, extra, children }: { title?: string; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      {title && (
        <div className="section-head">
          <h2>{title}</h2>
          {extra && <div className="row no-print">{extra}</div>}
        </div>
      )}
      {children}
    </section>
  )
}
