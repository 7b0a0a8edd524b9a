import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { PurposeKind } from '@zhenghe/server/data/exchange/request.contract.ts'
import { purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { DayField } from '@zhenghe/ui/DayField.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Button, Input, Select } from 'antd'
import { useEffect } from 'react'
import { nodes } from '../../../api/nodes.ts'
import { bindWords } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'
import { ModeField } from './ModeField.tsx'
import { ScheduleField } from './ScheduleField.tsx'
import { type Term, termAfter } from './term.ts'
import type { WishDraft } from './wish.ts'

type PartProps = { draft: WishDraft; change: (part: Partial<WishDraft>) => void; error: (field: string) => string | undefined }

const TERMS = [
  ['half', words.halfYear],
  ['one', words.oneYear],
  ['three', words.threeYears],
] as const

export function UsePart({ draft, change, error, today }: PartProps & { today: string }) {
  const { say } = useLanguage()
  const kinds = PurposeKind.options.map((value) => ({ value, label: say(purposeKinds[value]) }))
  return (
    <Section title={say(words.usePart)}>
      <div className="fields">
        <Field id="basis" label={say(words.basis)} hint={say(words.basisHint)} error={error('basis')} wide>
          {(control) => (
            <Input.TextArea {...control} rows={2} maxLength={1000} value={draft.basis} onChange={({ target }) => change({ basis: target.value })} />
          )}
        </Field>
        <Field id="purpose" label={say(words.purpose)} hint={say(words.purposeHint)} error={error('purpose')} wide>
          {(control) => (
            <Input.TextArea {...control} rows={2} maxLength={1000} value={draft.purpose} onChange={({ target }) => change({ purpose: target.value })} />
          )}
        </Field>
        <Field id="purposeKind" label={say(words.purposeKind)}>
          {(control) => <Select {...control} value={draft.purposeKind} options={kinds} onChange={(purposeKind) => change({ purposeKind })} />}
        </Field>
        <Field id="scenario" label={say(words.scenario)} hint={say(words.scenarioHint)} optional>
          {(control) => <Input {...control} maxLength={1000} value={draft.scenario} onChange={({ target }) => change({ scenario: target.value })} />}
        </Field>
        <Field id="termUntil" label={say(words.termUntil)} hint={say(words.termHint)} error={error('termUntil')}>
          {(control) => (
            <div className="term-row">
              <DayField {...control} value={draft.termUntil} onChange={(termUntil) => change({ termUntil })} style={{ width: 160 }} />
              {TERMS.map(([term, text]) => (
                <Button key={term} onClick={() => change({ termUntil: termAfter(today, term as Term) })}>
                  {say(text)}
                </Button>
              ))}
            </div>
          )}
        </Field>
      </div>
    </Section>
  )
}

export function DeliveryPart({ draft, change, error, unit }: PartProps & { unit: string }) {
  const { say } = useLanguage()
  const { data } = useQuery(nodes.query('nodes', { unit }))
  const receiving = data?.filter(({ state, stores }) => state === 'active' && stores.some(({ role }) => role === 'target'))
  const only = receiving?.length === 1 ? receiving[0]?.id : undefined
  useEffect(() => {
    if (only && draft.node === '') change({ node: only })
  }, [only, draft.node, change])
  return (
    <Section title={say(words.deliveryPart)}>
      <div className="fields">
        <ModeField id="mode" value={draft.mode} onChange={(mode) => change({ mode })} error={error('mode')} />
        <ScheduleField id="schedule" value={draft.schedule} onChange={(schedule) => change({ schedule })} error={error('schedule')} />
        <Field
          id="node"
          label={say(words.node)}
          error={error('node')}
          hint={
            receiving?.length === 0 && (
              <>
                {say(words.noNode)} <Link to="/exchange/nodes">{say(bindWords.toNodes)}</Link>
              </>
            )
          }
        >
          {(control) => (
            <Select
              {...control}
              value={draft.node || null}
              options={(receiving ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(node) => node && change({ node })}
            />
          )}
        </Field>
        <Field id="contact" label={say(words.contact)} error={error('contact')}>
          {(control) => <Input {...control} maxLength={60} value={draft.contact} onChange={({ target }) => change({ contact: target.value })} />}
        </Field>
        <Field id="phone" label={say(words.phone)} error={error('phone')}>
          {(control) => <Input {...control} type="tel" maxLength={30} value={draft.phone} onChange={({ target }) => change({ phone: target.value })} />}
        </Field>
      </div>
    </Section>
  )
}
