/** What a module of screens declares: its pages and where they stand in the menu. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import type { ComponentType, ReactNode } from 'react'

export type ScreenRoute = {
  /** As the router writes it: `/catalog/$id`. */
  path: string
  /** Loads the page's component; its code comes with the first visit. */
  load: () => Promise<ComponentType>
}

export type MenuGroup = 'home' | 'data' | 'exchange' | 'interfaces' | 'links' | 'city' | 'trust' | 'platform'

export type MenuItem = {
  path: string
  text: Text
  icon: ReactNode
  group: MenuGroup
  /** Shown to whoever holds one of these rights somewhere; to everyone signed in where it is left out. */
  rights?: readonly string[]
  /** Also stands in the bar at the bottom of a phone. */
  phone?: true
}

export type ScreenModule = { routes: readonly ScreenRoute[]; menu: readonly MenuItem[] }
