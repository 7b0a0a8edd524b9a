import type { Actions } from '../../kernel/module.ts'
import { alarmActions } from './alarm.actions.ts'
import { captureActions } from './capture.actions.ts'
import type { contract } from './contract.ts'
import { deliveryActions } from './delivery.actions.ts'
import { grantActions } from './grant.actions.ts'
import { monitorActions } from './monitor.actions.ts'
import { nodeActions } from './node.actions.ts'
import { overviewActions } from './overview.actions.ts'
import { planActions } from './plan.actions.ts'
import { pushActions } from './push.actions.ts'
import { quarantineActions } from './quarantine.actions.ts'
import { reconciliationActions } from './reconciliation.actions.ts'
import { replayActions } from './replay.actions.ts'
import { requestActions } from './request.actions.ts'
import { subscriptionActions } from './subscription.actions.ts'
import type { Tables } from './tables.ts'

/** What people and nodes can do here, from the request to the reconciled table. */
export const actions: Actions<typeof contract, Tables> = {
  ...requestActions,
  ...grantActions,
  ...subscriptionActions,
  ...planActions,
  ...pushActions,
  ...deliveryActions,
  ...captureActions,
  ...quarantineActions,
  ...replayActions,
  ...reconciliationActions,
  ...overviewActions,
  ...monitorActions,
  ...alarmActions,
  ...nodeActions,
}
