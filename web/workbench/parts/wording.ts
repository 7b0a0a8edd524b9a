/** Punctuation as each language has it. Pure. */
import type { Language } from '@zhenghe/server/kernel/texts.ts'

/** `字符型（18）`, `Text (18)`; the text alone where there is nothing to add. */
export function bracketed(text: string, more: string | number | null | undefined, language: Language): string {
  if (more === null || more === undefined || more === '') return text
  return language === 'zh' ? `${text}（${more}）` : `${text} (${more})`
}

/** `提供方节点：连接中断`, `Sending node: connection lost`. */
export function headed(head: string, text: string, language: Language): string {
  return language === 'zh' ? `${head}：${text}` : `${head}: ${text}`
}
