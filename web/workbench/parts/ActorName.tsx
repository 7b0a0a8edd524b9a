import { useLanguage } from '@zhenghe/ui/language.tsx'
import { ledgerWords as words } from '../texts/ledger.ts'

/** Who acted: a person by name, the platform itself, or a visitor not signed in yet (who signs in, a node that joins). */
export function ActorName({ name }: { name: string }) {
  const { say } = useLanguage()
  if (name === '') return <span className="faint">{say(words.nobody)}</span>
  return name === 'system' ? say(words.platform) : name
}
