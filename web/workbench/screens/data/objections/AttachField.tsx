import { PaperClipOutlined } from '@ant-design/icons'
import { attachmentType, EXTENSIONS } from '@zhenghe/server/data/objections/attachment.rules.ts'
import { LARGEST_ATTACHMENT_BYTES } from '@zhenghe/server/data/objections/contract.ts'
import { say as sayIn, type Text } from '@zhenghe/server/kernel/texts.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { Bytes } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { objectionWords as words } from '../../../texts/objections.ts'
import './Objections.css'
import type { RaisingDraft } from './raising.ts'

type AttachFieldProps = { value: RaisingDraft['attachment']; onChange: (attachment: RaisingDraft['attachment']) => void }
const ACCEPTED = EXTENSIONS.map((one) => `.${one}`).join(',')

/** One file, looked at before it is sent by the rule the server decides by. */
export function AttachField({ value, onChange }: AttachFieldProps) {
  const { say, language } = useLanguage()
  const input = useRef<HTMLInputElement>(null)
  const [wrong, setWrong] = useState<string>()
  const refuse = (text: Text, name: string) => setWrong(sayIn(text, language, { name }))
  const take = async (file: File | undefined) => {
    setWrong(undefined)
    if (!file) return
    if (file.size > LARGEST_ATTACHMENT_BYTES) return refuse(words.attachmentLarge, file.name)
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (!attachmentType(file.name, bytes)) return refuse(words.attachmentRefused, file.name)
    onChange({ name: file.name, content: base64(bytes), bytes: bytes.length })
  }
  return (
    <Field id="attachment" label={say(words.attachment)} hint={say(words.attachmentHint)} error={wrong} optional>
      {({ status, ...control }) => (
        <div className="row">
          <input {...control} ref={input} className="attach-input" type="file" accept={ACCEPTED} onChange={({ target }) => void take(target.files?.[0])} />
          <Button icon={<PaperClipOutlined />} danger={status === 'error'} onClick={() => input.current?.click()}>
            {say(words.chooseFile)}
          </Button>
          {value && (
            <>
              <span>
                {value.name} <Bytes value={value.bytes} />
              </span>
              <Button type="link" onClick={() => onChange(undefined)}>
                {say(words.removeFile)}
              </Button>
            </>
          )}
        </div>
      )}
    </Field>
  )
}

const CHUNK = 0x8000

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(text)
}
