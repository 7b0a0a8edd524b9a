import { CloseOutlined } from '@ant-design/icons'
import { formatDay } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { organizations } from '../../../api/organizations.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { useMay, useMe } from '../../../session.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'
import './Organizations.css'
import type { PersonRow } from './PeopleTable.tsx'
import { usePosts } from './usePosts.ts'

/** The posts a person holds; a security administrator may end each. */
export function PostTags({ person }: { person: PersonRow }) {
  const { language, say } = useLanguage()
  const may = useMay()
  const me = useMe()
  const { nameOf } = usePosts()
  const held = person.appointments.filter(({ until }) => until === null)
  const dismisses = may('organizations.appoint') && person.id !== me.person.id
  return (
    <span className="post-list">
      {held.map(({ id, post, since }) => (
        <span key={id} className="post-tag" title={say(words.since, { day: formatDay(since, language) })}>
          {nameOf(post)}
          {dismisses && (
            <ActButton
              type="text"
              size="small"
              icon={<CloseOutlined style={{ fontSize: 10 }} />}
              label={say(words.dismiss)}
              act={() => organizations.call.dismiss({ id })}
              confirm={{ title: say(words.dismiss), content: say(words.dismissAsk, { name: person.name, post: nameOf(post) }) }}
            />
          )}
        </span>
      ))}
    </span>
  )
}
