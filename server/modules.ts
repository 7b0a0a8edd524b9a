import { organizations } from './assurance/organizations/module.ts'
import { catalog } from './data/catalog/module.ts'
import { exchange } from './data/exchange/module.ts'
import { nodes } from './data/nodes/module.ts'
import { objections } from './data/objections/module.ts'
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
  'data/exchange': exchange,
  'data/objections': objections,
} as unknown as Record<string, Module>
