import { Link } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { ReactNode } from 'react'
import { screenModules } from '../routes.tsx'
import type { MenuGroup, MenuItem } from '../screen.ts'
import { useMay } from '../session.ts'
import { menuGroups, shellWords } from '../texts/shell.ts'

const GROUPS = Object.keys(menuGroups) as MenuGroup[]

/** What the person's duties open to them, and nothing else. */
function useItems(): readonly MenuItem[] {
  const may = useMay()
  return screenModules.flatMap(({ menu }) => menu).filter(({ rights }) => !rights || rights.some((right) => may(right)))
}

export function Menu({ head }: { head?: ReactNode }) {
  const { say } = useLanguage()
  const items = useItems()
  return (
    <nav className="menu" aria-label={say(shellWords.menu)}>
      {head}
      {GROUPS.map((group) => {
        const own = items.filter((item) => item.group === group)
        if (own.length === 0) return null
        return (
          <div key={group} className="menu-group">
            {group !== 'home' && <p id={`menu-${group}`}>{say(menuGroups[group])}</p>}
            <ul aria-labelledby={group === 'home' ? undefined : `menu-${group}`}>
              {own.map((item) => (
                <li key={item.path}>
                  <MenuLink item={item} />
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}

export function BottomBar() {
  const { say } = useLanguage()
  return (
    <nav className="bottom-bar no-print" aria-label={say(menuGroups.home)}>
      {useItems()
        .filter(({ phone }) => phone)
        .slice(0, 5)
        .map((item) => (
          <MenuLink key={item.path} item={item} />
        ))}
    </nav>
  )
}

function MenuLink({ item: { path, icon, text } }: { item: MenuItem }) {
  const { say } = useLanguage()
  return (
    <Link to={path} activeOptions={{ exact: hasOthersBelow(path), includeSearch: false }} className="menu-link">
      <span aria-hidden="true">{icon}</span>
      {say(text)}
    </Link>
  )
}

/** Whether the address stands above another of the menu: then only the page itself is where one is. */
const hasOthersBelow = (path: string): boolean => path === '/' || screenModules.flatMap(({ menu }) => menu).some((item) => item.path.startsWith(`${path}/`))
