import { DownloadOutlined } from '@ant-design/icons'
import type { Attachment } from '@zhenghe/server/data/objections/contract.ts'
import { Bytes } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { objections } from '../../../api/objections.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { objectionWords as words } from '../../../texts/objections.ts'

/** A file that goes with an objection: name, size, and the way to have it. */
export function AttachedFile({ id, file }: { id: string; file: Attachment }) {
  const { say } = useLanguage()
  return (
    <span className="row">
      <span>
        {file.name} <Bytes value={file.bytes} />
      </span>
      <ActButton size="small" icon={<DownloadOutlined />} act={() => objections.call.attachment({ id })} after={save}>
        {say(words.download)}
      </ActButton>
    </span>
  )
}

function save({ name, type, content }: Attachment & { content: string }): void {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
  const address = URL.createObjectURL(new Blob([bytes], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
