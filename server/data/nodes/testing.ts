/** A unit with nodes for tests of this module and of those below it. */
import type { NodeIdentity } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys, type NodeKeys } from '@zhenghe/wire/keys.ts'
import type { Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { TestPlatform } from '../../kernel/testing/testing.ts'
import { contract, type Store, type TableInfo } from './contract.ts'

export const SOURCE: Store = { id: 'registry', role: 'source', product: 'PostgreSQL 18', database: 'market_supervision', reachable: true }

const column = (name: string, type: string, canonical: string | null, key = false): TableInfo['columns'][number] => ({
  ...{ name, type, canonical, key, nullable: !key, length: null, comment: '' },
})
/** A table as a node reads it: its key, columns that can be exchanged, and one that cannot. */
export const TABLE: TableInfo = {
  ...{ schema: 'registration', table: 'legal_entity', comment: '企业登记信息', rows: 300_000, bytes: 90_000_000, shape: 'shape-1' },
  columns: [
    column('uscc', 'character varying', 'text', true),
    column('name', 'character varying', 'text'),
    column('capital', 'numeric(18,2)', 'numeric'),
    column('established_on', 'date', 'date'),
    column('place', 'point', null),
  ],
}

/** Acts of an operator and of the machines beside the unit's databases. */
export function nodesOf(t: TestPlatform, unit: Unit) {
  const operator = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: unit.id })(contract)
  const anyone = t.as({ kind: 'anyone' })(contract)
  const machine = (id: Id) => t.as({ kind: 'node', person: id, rights: ['nodes.node'], unit: unit.id })(contract)

  /** A node that has joined with keys of its own. */
  async function joined(name: string): Promise<{ id: Id; keys: NodeKeys; token: string; fingerprint: string }> {
    const { node, token } = await operator.enrol({ unit: unit.id, name })
    const keys = generateNodeKeys(name, node.id)
    await anyone.join({ token, ...publicHalves(keys), version: '0.1.0' })
    const { fingerprint } = await operator.node({ id: node.id })
    return { id: node.id, keys, token, fingerprint: fingerprint ?? '' }
  }

  /** A confirmed node that has told its stores. */
  async function active(name: string): Promise<{ id: Id; keys: NodeKeys }> {
    const { id, keys, fingerprint } = await joined(name)
    await operator.confirm({ id, fingerprint })
    await machine(id).beat({ version: '0.1.0', listen: null, clock: t.platform.now().toISOString(), stores: [SOURCE], approvers: [] })
    return { id, keys }
  }

  /** Has the node read these tables of its source. */
  async function reads(id: Id, tables: readonly TableInfo[]): Promise<void> {
    const { order } = await operator.readSchema({ id, store: SOURCE.id })
    await machine(id).schemaRead({ order, tables: [...tables] })
  }

  return { operator, anyone, machine, joined, active, reads }
}

/** What a node shows when it joins: keys of both suites. */
export function publicHalves({ identity: { sign, seal, gm } }: NodeKeys): Pick<NodeIdentity, 'sign' | 'seal' | 'gm'> {
  return { sign, seal, ...(gm ? { gm } : {}) }
}
