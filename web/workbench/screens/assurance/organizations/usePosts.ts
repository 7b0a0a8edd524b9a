import { useQuery } from '@tanstack/react-query'
import type { Post } from '@zhenghe/server/assurance/organizations/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { organizations } from '../../../api/organizations.ts'

/** All posts, and the name of one by its code. */
export function usePosts(): { posts: readonly Post[]; nameOf: (code: string) => string } {
  const { language } = useLanguage()
  const { data: posts = [] } = useQuery(organizations.query('posts', {}))
  const nameOf = (code: string) => {
    const post = posts.find((one) => one.code === code)
    return post ? (language === 'zh' ? post.nameZh : post.nameEn) : code
  }
  return { posts, nameOf }
}
