import { organizations } from './assurance/organizations/module.ts'
import { catalog } from './data/catalog/module.ts'
import { channels } from './data/channels/module.ts'
import { demand } from './data/demand/module.ts'
import { exchange } from './data/exchange/module.ts'
import { gateway } from './data/gateway/module.ts'
import { nodes } from './data/nodes/module.ts'
import { objections } from './data/objections/module.ts'
import { partners } from './data/partners/module.ts'
import { desk } from './kernel/desk/module.ts'
import type { Module } from './kernel/module.ts'
import { identity } from './service/identity/module.ts'
import { standards } from './support/standards/module.ts'

/** The platform, in the order that is its architecture: a module may use the kernel and the modules above it. */
export const modules = {
  'kernel/desk': desk,
  'assurance/organizations': organizations,
  'service/identity': identity,
  'support/standards': standards,
  'data/nodes': nodes,
  'data/catalog': catalog,
  'data/partners': partners,
  'data/exchange': exchange,
  'data/gateway': gateway,
  'data/channels': channels,
  'data/demand': demand,
  'data/objections': objections,
} as unknown as Record<string, Module>
