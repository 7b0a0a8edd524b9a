import { useQueryClient } from '@tanstack/react-query'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Button } from 'antd'
import { shellWords } from '../texts/shell.ts'

/** Switches all words of the page; what the server worded is asked for again. */
export function LanguageSwitch() {
  const { language, setLanguage, say } = useLanguage()
  const queries = useQueryClient()
  const change = () => {
    setLanguage(language === 'zh' ? 'en' : 'zh')
    void queries.invalidateQueries()
  }
  return (
    <Button type="text" lang={language === 'zh' ? 'en' : 'zh-CN'} onClick={change} title={say(shellWords.switchLanguage)}>
      {say(shellWords.otherLanguage)}
    </Button>
  )
}
