import { type Language, say, type Text } from '@zhenghe/server/kernel/texts.ts'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'

/** Words one's own text in the reader's language; data stays as entered. */
export type Say = (text: Text, params?: Readonly<Record<string, unknown>>) => string
type LanguageState = { language: Language; setLanguage: (language: Language) => void; say: Say }

const STORAGE_KEY = 'zhenghe.language'
const LanguageContext = createContext<LanguageState | undefined>(undefined)

/** The language chosen on this device: Chinese until somebody switches. */
export function storedLanguage(): Language {
  return localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'zh'
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, remember] = useState<Language>(storedLanguage)
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  }, [language])
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(STORAGE_KEY, next)
    remember(next)
  }, [])
  const state = useMemo<LanguageState>(() => ({ language, setLanguage, say: (text, params) => say(text, language, params) }), [language, setLanguage])
  return <LanguageContext value={state}>{children}</LanguageContext>
}

export function useLanguage(): LanguageState {
  const state = use(LanguageContext)
  if (!state) throw new Error('useLanguage outside LanguageProvider')
  return state
}
