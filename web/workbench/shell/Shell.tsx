import { CloseOutlined, MenuOutlined } from '@ant-design/icons'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { Button, Drawer } from 'antd'
import { useEffect, useState } from 'react'
import { fetchAhead } from '../fetch-ahead.ts'
import { shellWords } from '../texts/shell.ts'
import { Brand } from './Brand.tsx'
import { BottomBar, Menu } from './Menu.tsx'
import './Shell.css'
import { TopBar } from './TopBar.tsx'

/** The frame around every page: menu, top bar, content; on a phone a drawer and a bar at the bottom. */
export function Shell() {
  const { say } = useLanguage()
  const narrow = useNarrow()
  const [open, setOpen] = useState(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(fetchAhead, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of page closes the drawer
  useEffect(() => setOpen(false), [path])
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {say(shellWords.skip)}
      </a>
      {!narrow && (
        <div className="shell-side no-print">
          <Menu head={<Brand />} />
        </div>
      )}
      <div className="shell-main">
        <TopBar
          start={narrow && <Button type="text" icon={<MenuOutlined />} aria-label={say(shellWords.menu)} aria-expanded={open} onClick={() => setOpen(true)} />}
        />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {narrow && (
        <>
          <BottomBar />
          <Drawer
            open={open}
            placement="left"
            size={272}
            onClose={() => setOpen(false)}
            title={<Brand />}
            closeIcon={<CloseOutlined aria-label={say(shellWords.closeMenu)} />}
            styles={{ body: { padding: 0 } }}
          >
            <Menu />
          </Drawer>
        </>
      )}
    </div>
  )
}
