import { Link } from '@tanstack/react-router'
import type { MonitoredNode } from '@zhenghe/server/data/exchange/monitor.contract.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { useNarrow } from '@zhenghe/ui/useNarrow.ts'
import { App, Drawer } from 'antd'
import { exchange } from '../../../api/exchange.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { monitorWords as words } from '../../../texts/monitor.ts'

const DRAWER_WIDTH = 720
const SUBJECT = /^[0-9a-f-]{36}/

/** What the platform refused of a node, and the order to tell it again. */
export function RefusedLetters({ node: { id: node, name, health }, onClose }: { node: MonitoredNode; onClose: () => void }) {
  const { say } = useLanguage()
  const { message } = App.useApp()
  const narrow = useNarrow()
  const letters = health?.refused ?? []
  const send = (ids: readonly number[]) => () => exchange.call.replayLetters({ node, letters: [...ids] })
  const sent = () => void message.success(say(words.sent))
  return (
    <Drawer open title={say(words.refusedTitle, { name })} onClose={onClose} size={narrow ? '100%' : DRAWER_WIDTH}>
      <div className="stack">
        <p className="faint">{say(words.refusedLead)}</p>
        <ul className="monitor-list">
          {letters.map(({ id, about, code, detail, at }) => (
            <li key={id}>
              <span className="monitor-letter">
                <span className="mono">{SUBJECT.test(about) ? <Link to={`/exchange/deliveries/${about.slice(0, 36)}`}>{about}</Link> : about}</span>
                <span>
                  <span className="mono">{code}</span>　{detail}
                </span>
                <span className="faint">
                  <Moment value={at} />
                </span>
              </span>
              <ActButton size="small" act={send([id])} after={sent}>
                {say(words.sendOne)}
              </ActButton>
            </li>
          ))}
        </ul>
        <div className="row">
          <ActButton type="primary" disabled={letters.length === 0} act={send(letters.map(({ id }) => id))} after={sent}>
            {say(words.sendAgain, { count: letters.length })}
          </ActButton>
        </div>
      </div>
    </Drawer>
  )
}
