import type { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { formats, grades, openTypes, shareModes, shareTypes, updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Checkbox, Input, Radio, Select } from 'antd'
import { elementWords as elements, compileWords as words } from '../../../texts/catalog.ts'
import { ClassPicker } from './ClassPicker.tsx'
import { errorOf, type RuleError } from './problems.ts'

export type FormPart = { content: Content; change: (part: Partial<Content>) => void; errors: readonly RuleError[]; fixedClass?: boolean }

/** The values of a closed list with their words, for a select or a group of radios. */
function useOptions() {
  const { say } = useLanguage()
  return <K extends string>(texts: Readonly<Record<K, Text>>) => (Object.keys(texts) as K[]).map((value) => ({ value, label: say(texts[value]) }))
}

export function BasicsForm({ content, change, errors, fixedClass = false }: FormPart) {
  const { say } = useLanguage()
  const options = useOptions()
  const error = (field: string) => errorOf(errors, field)
  return (
    <Section title={say(words.basics)}>
      <div className="fields">
        <Field id="name" label={say(elements.name)} hint={say(words.nameHint)} error={error('name')}>
          {(control) => <Input {...control} value={content.name} maxLength={100} onChange={({ target }) => change({ name: target.value })} />}
        </Field>
        <Field id="class" label={say(elements.class)} hint={say(words.classHint)} error={error('class')}>
          {(control) =>
            fixedClass ? (
              <Input {...control} value={content.class} disabled />
            ) : (
              <ClassPicker control={control} value={content.class} onChange={(code) => change({ class: code })} />
            )
          }
        </Field>
        <Field id="abstract" label={say(elements.abstract)} hint={say(words.abstractHint)} error={error('abstract')} wide>
          {(control) => (
            <Input.TextArea
              {...control}
              rows={4}
              maxLength={1000}
              showCount
              value={content.abstract}
              onChange={({ target }) => change({ abstract: target.value })}
            />
          )}
        </Field>
        <Field id="providerOffice" label={say(elements.providerOffice)} optional>
          {(control) => (
            <Input {...control} value={content.providerOffice} maxLength={60} onChange={({ target }) => change({ providerOffice: target.value })} />
          )}
        </Field>
        <Field id="updateCycle" label={say(elements.updateCycle)} error={error('updateCycle')}>
          {(control) => <Select {...control} value={content.updateCycle} options={options(updateCycles)} onChange={(updateCycle) => change({ updateCycle })} />}
        </Field>
        <Field id="format" label={say(elements.format)} error={error('format')}>
          {(control) => <Select {...control} value={content.format} options={options(formats)} onChange={(format) => change({ format })} />}
        </Field>
        <Field id="formatType" label={say(elements.formatType)} hint={say(words.formatTypeHint)} error={error('formatType')}>
          {(control) => <Input {...control} value={content.formatType} maxLength={60} onChange={({ target }) => change({ formatType: target.value })} />}
        </Field>
      </div>
    </Section>
  )
}

export function ShareForm({ content: { share }, change, errors }: FormPart) {
  const { say } = useLanguage()
  const options = useOptions()
  const set = (part: Partial<Content['share']>) => change({ share: { ...share, ...part } })
  return (
    <Section title={say(words.share)}>
      <div className="fields">
        <FieldGroup id="share.type" label={say(elements['share.type'])} error={errorOf(errors, 'share.type')}>
          <Radio.Group value={share.type} options={options(shareTypes)} onChange={({ target }) => set({ type: target.value as Content['share']['type'] })} />
        </FieldGroup>
        {share.type === 'none' ? (
          <Field id="share.basis" label={say(elements['share.basis'])} hint={say(words.basisHint)} error={errorOf(errors, 'share.basis')} wide>
            {(control) => <Input.TextArea {...control} rows={2} maxLength={1000} value={share.basis} onChange={({ target }) => set({ basis: target.value })} />}
          </Field>
        ) : (
          <Field
            id="share.condition"
            label={say(elements['share.condition'])}
            hint={share.type === 'conditional' && say(words.conditionHint)}
            error={errorOf(errors, 'share.condition')}
            optional={share.type === 'unconditional'}
            wide
          >
            {(control) => (
              <Input.TextArea {...control} rows={2} maxLength={1000} value={share.condition} onChange={({ target }) => set({ condition: target.value })} />
            )}
          </Field>
        )}
        <Field id="share.mode" label={say(elements['share.mode'])} error={errorOf(errors, 'share.mode')}>
          {(control) => <Select {...control} value={share.mode} options={options(shareModes)} onChange={(mode) => set({ mode })} />}
        </Field>
      </div>
    </Section>
  )
}

export function OpenForm({ content: { open }, change, errors }: FormPart) {
  const { say } = useLanguage()
  const options = useOptions()
  const set = (part: Partial<Content['open']>) => change({ open: { ...open, ...part } })
  return (
    <Section title={say(words.open)}>
      <div className="fields">
        <FieldGroup id="open.type" label={say(elements['open.type'])} error={errorOf(errors, 'open.type')}>
          <Radio.Group value={open.type} options={options(openTypes)} onChange={({ target }) => set({ type: target.value as Content['open']['type'] })} />
        </FieldGroup>
        {open.type === 'conditional' && (
          <Field id="open.condition" label={say(elements['open.condition'])} error={errorOf(errors, 'open.condition')} wide>
            {(control) => (
              <Input.TextArea {...control} rows={2} maxLength={1000} value={open.condition} onChange={({ target }) => set({ condition: target.value })} />
            )}
          </Field>
        )}
      </div>
    </Section>
  )
}

export function MoreForm({ content, change, errors }: FormPart) {
  const { say } = useLanguage()
  const options = useOptions()
  return (
    <Section title={say(words.more)}>
      <div className="fields">
        <Field id="grade" label={say(elements.grade)} error={errorOf(errors, 'grade')}>
          {(control) => <Select {...control} value={content.grade} options={options(grades)} onChange={(grade) => change({ grade })} />}
        </Field>
        <Field id="system" label={say(elements.system)} optional>
          {(control) => <Input {...control} value={content.system} maxLength={100} onChange={({ target }) => change({ system: target.value })} />}
        </Field>
        <Field id="tags" label={say(elements.tags)} hint={say(words.tagsHint)} optional>
          {(control) => <Select {...control} mode="tags" open={false} suffixIcon={null} value={content.tags} onChange={(tags: string[]) => change({ tags })} />}
        </Field>
        <Field
          id="related"
          label={say(elements.related)}
          hint={say(words.relatedHint)}
          error={errors.find(({ field }) => field.startsWith('related'))?.sentence}
          optional
        >
          {(control) => (
            <Select {...control} mode="tags" open={false} suffixIcon={null} value={content.related} onChange={(related: string[]) => change({ related })} />
          )}
        </Field>
        <FieldGroup id="classified" label={say(elements.classified)} hint={say(words.classifiedHint)} error={errorOf(errors, 'classified')}>
          <Checkbox checked={!content.classified} onChange={({ target }) => change({ classified: !target.checked })}>
            {say(words.notClassified)}
          </Checkbox>
        </FieldGroup>
      </div>
    </Section>
  )
}
