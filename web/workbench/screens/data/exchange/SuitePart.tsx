import { useQuery } from '@tanstack/react-query'
import { suites } from '@zhenghe/server/data/exchange/texts.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { SuiteName } from '@zhenghe/wire/documents.ts'
import { Radio } from 'antd'
import { nodes } from '../../../api/nodes.ts'
import { answerWords as words } from '../../../texts/grants.ts'

/** Measured by `npm run bench -- suites`: medians of the pairs. */
const GM_COST = { time: '1.6', cpu: '3.1' }

type SuitePartProps = { suite: SuiteName; parties: readonly string[]; change: (suite: SuiteName) => void }

/** By which algorithms the two nodes of the link work, and what the slower ones cost. */
export function SuitePart({ suite, parties, change }: SuitePartProps) {
  const { say } = useLanguage()
  const { data: known } = useQuery(nodes.query('nodes', {}))
  const without = known?.filter(({ id, identity }) => parties.includes(id) && !identity?.gm) ?? []
  const missing = without.length > 0 ? say(words.gmMissing, { node: without.map(({ name }) => name).join('、') }) : undefined
  const hint = (
    <>
      {say(words.suiteHint)}
      <br />
      {missing ?? say(words.gmCost, GM_COST)}
    </>
  )
  return (
    <Section title={say(words.suitePart)}>
      <FieldGroup id="suite" label={say(words.suiteChoice)} hint={hint}>
        <Radio.Group
          value={suite}
          options={SuiteName.options.map((value) => ({ value, label: say(suites[value]), disabled: value === 'gm' && missing !== undefined }))}
          onChange={({ target }) => change(target.value as SuiteName)}
        />
      </FieldGroup>
    </Section>
  )
}
