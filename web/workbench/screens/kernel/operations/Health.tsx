import { useQuery } from '@tanstack/react-query'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { z } from 'zod'
import { operationsWords as words } from '../../../texts/operations.ts'

const Readiness = z.object({ status: z.string(), reason: z.string().optional() })
const EVERY_MS = 10_000

async function readiness(): Promise<z.output<typeof Readiness>> {
  const answer = await fetch('/readyz')
  return Readiness.parse(await answer.json())
}

export function Health() {
  const { say } = useLanguage()
  const { data, isError } = useQuery({ queryKey: ['readiness'], queryFn: readiness, refetchInterval: EVERY_MS })
  const ready = data?.status === 'ready' && !isError
  return (
    <Section title={say(words.health)}>
      {!data && !isError && <Lines count={1} />}
      {(data || isError) && (
        <div className="row" aria-live="polite">
          <StateTag look={ready ? { tone: 'good', text: words.ready } : { tone: 'bad', text: words.notReady }} />
          {data?.reason && <span>{say(words.reason, { reason: data.reason })}</span>}
        </div>
      )}
    </Section>
  )
}
