import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** A code, hash or secret with a button that copies it. */
export function Copyable({ text, shown = text }: { text: string; shown?: string }) {
  const { say } = useLanguage()
  const [copied, setCopied] = useState(false)
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  const label = say(copied ? words.copied : words.copy)
  return (
    <span className="copyable">
      <span className="mono" title={shown === text ? undefined : text}>
        {shown}
      </span>
      <Button
        type="text"
        size="small"
        className="no-print"
        icon={copied ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={label}
        title={label}
        onClick={copy}
      />
    </span>
  )
}
