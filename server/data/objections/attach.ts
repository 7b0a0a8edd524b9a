/** Taking in an attachment: decoded, measured, recognised by its bytes, digested. */
import { createHash } from 'node:crypto'
import { refuser } from '../../kernel/refusal.ts'
import { attachmentType, tidyName } from './attachment.rules.ts'
import { type Attachment, LARGEST_ATTACHMENT_BYTES, type Raising, refusals } from './contract.ts'

const refuse = refuser(refusals)
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

export function takeIn({ name: given, content: text }: NonNullable<Raising['attachment']>): Attachment & { content: Buffer } {
  const name = tidyName(given)
  const content = Buffer.from(text, 'base64')
  if (content.length > LARGEST_ATTACHMENT_BYTES) refuse('objections.attachment_too_large')
  const whole = text.length % 4 === 0 && BASE64.test(text)
  const type = whole ? attachmentType(name, content) : undefined
  if (!type) return refuse('objections.attachment_refused', { name })
  return { name, type, bytes: content.length, digest: createHash('sha256').update(content).digest('hex'), content }
}
