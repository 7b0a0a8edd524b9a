import { Link } from '@tanstack/react-router'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { shellWords } from '../texts/shell.ts'

/** While the code of a page is on its way. */
export function Loading() {
  const { say } = useLanguage()
  return (
    <div className="page" role="status">
      <span className="sr-only">{say(shellWords.loading)}</span>
      <div className="skeleton" style={{ width: 180, height: 20 }} />
    </div>
  )
}

export function NotFound() {
  const { say } = useLanguage()
  return (
    <Page title={say(shellWords.notFound)}>
      <Section>
        <Empty title={say(shellWords.notFound)} next={say(shellWords.notFoundNext)} action={<Link to="/">{say(shellWords.toHome)}</Link>} />
      </Section>
    </Page>
  )
}

export function Broken({ error }: { error: unknown }) {
  const { say } = useLanguage()
  return (
    <Page title={say(shellWords.broken)}>
      <Problem error={error} onRetry={() => window.location.reload()} />
    </Page>
  )
}
