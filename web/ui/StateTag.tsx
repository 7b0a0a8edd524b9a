import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { useLanguage } from './language.tsx'
import './StateTag.css'

/** What a state means to the reader: nothing to do, under way, well, needs attention, failed. */
export type Tone = 'quiet' | 'busy' | 'good' | 'warn' | 'bad'
export type StateLook = { readonly text: Text; readonly tone: Tone }

const SIGNS: Record<Tone, string> = { quiet: '○', busy: '◐', good: '●', warn: '▲', bad: '■' }

/** A state by its word, a sign and a colour, so that none of them has to carry it alone. */
export function StateTag({ look }: { look: StateLook }) {
  const { say } = useLanguage()
  return (
    <span className={`state-tag tone-${look.tone}`}>
      <span aria-hidden="true" className="state-sign">
        {SIGNS[look.tone]}
      </span>
      {say(look.text)}
    </span>
  )
}
