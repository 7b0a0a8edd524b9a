/** All modules of screens, in the order of the menu. A module's pages and menu entries are declared in its own routes file. */
import type { ScreenModule } from './screen.ts'
import { organizations } from './screens/assurance/organizations/routes.tsx'
import { catalog } from './screens/data/catalog/routes.tsx'
import { channels } from './screens/data/channels/routes.tsx'
import { demand } from './screens/data/demand/routes.tsx'
import { exchange } from './screens/data/exchange/routes.tsx'
import { gateway } from './screens/data/gateway/routes.tsx'
import { nodes } from './screens/data/nodes/routes.tsx'
import { objections } from './screens/data/objections/routes.tsx'
import { exchangeOperations } from './screens/data/operations/routes.tsx'
import { partners } from './screens/data/partners/routes.tsx'
import { desk } from './screens/kernel/desk/routes.tsx'
import { ledger } from './screens/kernel/ledger/routes.tsx'
import { operations } from './screens/kernel/operations/routes.tsx'
import { identity } from './screens/service/identity/routes.tsx'
import { standards } from './screens/support/standards/routes.tsx'

export const screenModules: readonly ScreenModule[] = [
  desk,
  catalog,
  demand,
  exchange,
  exchangeOperations,
  objections,
  gateway,
  nodes,
  channels,
  partners,
  organizations,
  standards,
  identity,
  ledger,
  operations,
]
