import { useQuery } from '@tanstack/react-query'
import type { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { shareTypes } from '@zhenghe/server/data/catalog/texts.ts'
import { answerRule } from '@zhenghe/server/data/exchange/request.rules.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { desk } from '../../../api/desk.ts'
import { elementWords } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'

/** Which legal clock will run, before it does, and on which conditions the resource is shared. */
export function ClockNote({ share }: { share: Content['share'] }) {
  const { say } = useLanguage()
  const { data } = useQuery({ ...desk.query('clockPreview', { rule: answerRule(share.type) }), staleTime: 60_000 })
  return (
    <>
      <Section title={say(words.clockTitle)}>
        {data?.clock && (
          <p>
            <ClockChip clock={data.clock} />
          </p>
        )}
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
