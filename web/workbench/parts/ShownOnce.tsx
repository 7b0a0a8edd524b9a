import { Alert, Button, Modal } from 'antd'
import type { ReactNode } from 'react'

const WIDTH = 640

type ShownOnceProps = {
  title: ReactNode
  /** That it will not be shown again. */
  warning: string
  /** What the only button says. */
  done: string
  children: ReactNode
  onClose: () => void
}

/** A secret that the platform does not keep: it stays on the screen until somebody says they have it. */
export function ShownOnce({ title, warning, done, children, onClose }: ShownOnceProps) {
  const noted = (
    <Button type="primary" onClick={onClose}>
      {done}
    </Button>
  )
  return (
    <Modal open width={WIDTH} title={title} closable={false} mask={{ closable: false }} keyboard={false} footer={noted}>
      <div className="stack">
        <Alert type="warning" showIcon title={warning} />
        {children}
      </div>
    </Modal>
  )
}
