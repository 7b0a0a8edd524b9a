import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useRef } from 'react'

type FileButtonProps = { label: string; accept?: string; onPick: (file: File) => void }

/** Chooses one file of this machine; what is done with it is the caller's. */
export function FileButton({ label, accept, onPick }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  const pick = (file: File | undefined) => {
    if (file) onPick(file)
    if (input.current) input.current.value = ''
  }
  return (
    <>
      <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        {...(accept ? { accept } : {})}
        onChange={({ target }) => pick(target.files?.[0])}
      />
    </>
  )
}
