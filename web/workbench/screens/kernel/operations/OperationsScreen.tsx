import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { operationsWords as words } from '../../../texts/operations.ts'
import { DeadLetters } from './DeadLetters.tsx'
import { Health } from './Health.tsx'

/** For the system administrator: whether the platform serves, and work that failed for good. */
export function OperationsScreen() {
  const { say } = useLanguage()
  return (
    <Page title={say(words.operations)}>
      <Health />
      <DeadLetters />
    </Page>
  )
}
