import { every, type Jobs } from '../../kernel/module.ts'
import { forgetNonces, type Tables } from './store.ts'

export const jobs: Jobs = {
  readers: [],
  schedules: [every<Tables>('*/10 * * * *', 'forget_nonces', ({ db, now }) => forgetNonces(db, now))],
}
