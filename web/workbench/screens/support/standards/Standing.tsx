import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { standardWords as words } from '../../../texts/standards.ts'

/** Whether a table follows a standard word by word, or is our default that an installation may change. */
export function Standing({ certain }: { certain: boolean }) {
  return <StateTag look={certain ? { tone: 'good', text: words.certain } : { tone: 'quiet', text: words.uncertain }} />
}
