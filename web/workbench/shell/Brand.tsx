import { Link } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { shellWords } from '../texts/shell.ts'

export function Brand() {
  const { say } = useLanguage()
  return (
    <Link to="/" className="brand">
      <img src="/favicon.svg" alt="" width="24" height="24" />
      <span>{say(shellWords.product)}</span>
    </Link>
  )
}
