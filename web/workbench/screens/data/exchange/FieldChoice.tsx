import { KeyOutlined } from '@ant-design/icons'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button, Checkbox } from 'antd'
import { bracketed } from '../../../parts/wording.ts'
import { itemTypes } from '../../../texts/catalog.ts'
import { wishWords as words } from '../../../texts/requests.ts'
import './Request.css'

type FieldChoiceProps = {
  items: readonly Item[]
  keys: readonly string[]
  chosen: readonly string[]
  onChange: (fields: string[]) => void
  error: string | undefined
}

/** Chooses items of a resource. Keys are chosen already and stay so; sensitive ones say what is to be expected. */
export function FieldChoice({ items, keys, chosen, onChange, error }: FieldChoiceProps) {
  const { say, language } = useLanguage()
  const inOrder = (fields: ReadonlySet<string>) => items.map(({ column }) => column).filter((column) => fields.has(column))
  const toggle = (column: string, on: boolean) => onChange(inOrder(new Set(on ? [...chosen, column] : chosen.filter((one) => one !== column))))
  return (
    <FieldGroup id="fields" label={say(words.fields)} hint={say(words.fieldsHint)} error={error}>
      <div className="row field-choice-tools">
        <span className="faint number" aria-live="polite">
          {say(words.chosen, { count: chosen.length, all: items.length })}
        </span>
        <Button size="small" onClick={() => onChange(items.map(({ column }) => column))}>
          {say(words.chooseAll)}
        </Button>
        <Button size="small" onClick={() => onChange(inOrder(new Set(keys)))}>
          {say(words.chooseNone)}
        </Button>
      </div>
      <ul className="field-choice">
        {items.map(({ column, name, type, length, sensitive, description }) => {
          const key = keys.includes(column)
          return (
            <li key={column}>
              <Checkbox checked={key || chosen.includes(column)} disabled={key} onChange={({ target }) => toggle(column, target.checked)}>
                <span className="field-choice-name">
                  {name} <span className="faint">{bracketed(say(itemTypes[type]), length || null, language)}</span>
                </span>
                {key && (
                  <span className="field-choice-note">
                    <KeyOutlined aria-hidden="true" /> {say(words.keyWhy)}
                  </span>
                )}
                {sensitive && <span className="field-choice-note sensitive">▲ {say(words.sensitiveWhy)}</span>}
                {description && <span className="field-choice-note">{description}</span>}
              </Checkbox>
            </li>
          )
        })}
      </ul>
    </FieldGroup>
  )
}
