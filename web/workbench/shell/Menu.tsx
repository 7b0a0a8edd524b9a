import { RightOutlined } from '@ant-design/icons'
import { Link, useRouterState } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { type ReactNode, useState } from 'react'
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

/** Groups that stand open until somebody closes them; the others open where one goes. */
const OPEN_AT_FIRST: readonly MenuGroup[] = ['home', 'data', 'exchange']
const REMEMBERED = 'zhenghe.menu'

/** Which groups are open: as this person last left them, and the one that holds the page. */
function useOpenGroups(items: readonly MenuItem[]) {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const here = items.filter((item) => item.path === path || path.startsWith(`${item.path}/`)).toSorted((a, b) => b.path.length - a.path.length)[0]?.group
  const [chosen, setChosen] = useState<Partial<Record<MenuGroup, boolean>>>(remembered)
  const isOpen = (group: MenuGroup) => group === here || (chosen[group] ?? OPEN_AT_FIRST.includes(group))
  const toggle = (group: MenuGroup) => {
    const next = { ...chosen, [group]: !isOpen(group) }
    setChosen(next)
    localStorage.setItem(REMEMBERED, JSON.stringify(next))
  }
  return { isOpen, toggle, here }
}

function remembered(): Partial<Record<MenuGroup, boolean>> {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') as Partial<Record<MenuGroup, boolean>>
  } catch {
    return {}
  }
}

/** Everything the person may open, by groups that fold: it fits a window of 900 pixels without scrolling. */
export function Menu({ head }: { head?: ReactNode }) {
  const { say } = useLanguage()
  const items = useItems()
  const { isOpen, toggle, here } = useOpenGroups(items)
  return (
    <nav className="menu" aria-label={say(shellWords.menu)}>
      {head}
      {GROUPS.map((group) => {
        const own = items.filter((item) => item.group === group)
        if (own.length === 0) return null
        const open = isOpen(group)
        return (
          <div key={group} className="menu-group">
            {group !== 'home' && (
              <button type="button" id={`menu-${group}`} aria-expanded={open} disabled={group === here} onClick={() => toggle(group)}>
                {say(menuGroups[group])}
                <RightOutlined aria-hidden="true" rotate={open ? 90 : 0} />
              </button>
            )}
            {open && (
              <ul aria-labelledby={group === 'home' ? undefined : `menu-${group}`}>
                {own.map((item) => (
                  <li key={item.path}>
                    <MenuLink item={item} />
                  </li>
                ))}
              </ul>
            )}
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
