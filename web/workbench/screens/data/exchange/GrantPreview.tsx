import { useNavigate } from '@tanstack/react-router'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import type { SigningKey } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Grant } from '@zhenghe/wire/documents.ts'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { answerWords as words } from '../../../texts/grants.ts'
import { GrantWords } from './GrantWords.tsx'
import { SignDialog } from './SignDialog.tsx'
import './Terms.css'

type GrantPreviewProps = { request: RequestView; text: string; signingKey: SigningKey; back: () => void }

/** The grant in human words, read from the very text that will be signed. */
export function GrantPreview({ request, text, signingKey, back }: GrantPreviewProps) {
  const { say } = useLanguage()
  const start = useRef<HTMLDivElement>(null)
  // newer browsers answer a promise, which is no clean-up
  useEffect(() => void start.current?.scrollIntoView({ block: 'center' }), [])
  const navigate = useNavigate()
  const [signing, setSigning] = useState(false)
  const grant = Grant.parse(JSON.parse(text))
  return (
    <>
      <div ref={start} />
      <Section title={say(words.previewTitle)}>
        <div className="stack">
          <p>{say(words.previewLead)}</p>
          <GrantWords grant={grant} />
          <details className="exact-text">
            <summary>{say(words.exactText)}</summary>
            <pre>{text}</pre>
          </details>
        </div>
      </Section>
      <div className="form-end">
        <Button type="primary" onClick={() => setSigning(true)}>
          {say(words.sign)}
        </Button>
        <Button onClick={back}>{say(words.back)}</Button>
      </div>
      {signing && (
        <SignDialog
          request={request.id}
          text={text}
          signingKey={signingKey}
          onSigned={() => void navigate({ to: `/exchange/requests/${request.id}` })}
          onClose={() => setSigning(false)}
        />
      )}
    </>
  )
}
