/** Every word a person sees, in both languages at one place, so that a missing one does not compile. Safe in a browser. */

export type Language = 'zh' | 'en'
export type Text = { readonly zh: string; readonly en: string }
/** A text for every value of a union: `satisfies Labels<ShareType>` fails to compile where one is missing. */
export type Labels<K extends string> = Record<K, Text>

/** The text in one language, its `{name}` places filled; a place without a value shows a dash. */
export function say(text: Text, language: Language, params: Readonly<Record<string, unknown>> = {}): string {
  return text[language].replace(/\{(\w+)\}/g, (_, name: string) => shown(params[name], language))
}

function shown(value: unknown, language: Language): string {
  if (value === undefined || value === null) return '—'
  if (Array.isArray(value)) return value.map((item) => shown(item, language)).join(language === 'zh' ? '、' : ', ')
  if (isText(value)) return value[language]
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value
}

/** The language a browser asks for: Chinese unless it prefers English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh'
}
