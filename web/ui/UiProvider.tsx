import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import type { ReactNode } from 'react'
import './base.css'
import './antd.css'
import { LanguageProvider, useLanguage } from './language.tsx'
import { applyPalette, theme } from './theme.ts'
import { ProductContext } from './title.tsx'

applyPalette(document.documentElement)
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
const motion = still ? { ...theme, token: { ...theme.token, motion: false } } : theme

/** What every front end stands in: language, theme, messages. */
export function UiProvider({ product, children }: { product: Text; children: ReactNode }) {
  return (
    <ProductContext value={product}>
      <LanguageProvider>
        <Themed>{children}</Themed>
      </LanguageProvider>
    </ProductContext>
  )
}

function Themed({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  dayjs.locale(language === 'zh' ? 'zh-cn' : 'en')
  return (
    <ConfigProvider theme={motion} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }} form={{ requiredMark: 'optional' }}>
      <App message={{ maxCount: 2 }}>{children}</App>
    </ConfigProvider>
  )
}
