import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { createContext, use, useEffect } from 'react'
import { useLanguage } from './language.tsx'

/** The name of the front end, behind every page's own title in the browser's tab. */
export const ProductContext = createContext<Text | undefined>(undefined)

export function useDocumentTitle(title: string): void {
  const { say } = useLanguage()
  const product = use(ProductContext)
  const whole = product ? `${title} · ${say(product)}` : title
  useEffect(() => {
    document.title = whole
  }, [whole])
}
