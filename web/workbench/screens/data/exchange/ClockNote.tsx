import type { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { shareTypes } from '@zhenghe/server/data/catalog/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { elementWords } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'

/** Which legal clock will run, before it does, and on which conditions the resource is shared. */
export function ClockNote({ share }: { share: Content['share'] }) {
  const { say } = useLanguage()
  return (
    <>
      <Section title={say(words.clockTitle)}>
        <p>{say(words.clockWords, { share: shareTypes[share.type] })}</p>
      </Section>
      {share.condition && (
        <Section title={say(elementWords['share.condition'])}>
          <p>{share.condition}</p>
        </Section>
      )}
    </>
  )
}
