/** Kysely on one open connection, so that a transaction's statements go straight to it: nothing is acquired or released between them. */
import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { PoolClient } from 'pg'
import type { KernelTables } from './database.ts'

const known = new WeakMap<PoolClient, Kysely<KernelTables>>()

/** The same Kysely for the same connection, as long as that lives. Transactions are the caller's: Kysely's own are refused. */
export function kyselyOn(client: PoolClient): Kysely<KernelTables> {
  const made = known.get(client) ?? newKysely(client)
  known.set(client, made)
  return made
}

function newKysely(client: PoolClient): Kysely<KernelTables> {
  const connection = new ClientConnection(client)
  return new Kysely<KernelTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOf(connection),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

class ClientConnection implements DatabaseConnection {
  readonly #client: PoolClient
  /** Settles when the statement before has ended: a connection does one at a time, whatever an act asks at once. */
  #last: Promise<unknown> = Promise.resolve()
  constructor(client: PoolClient) {
    this.#client = client
  }
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const answer = this.#last.then(() => this.#client.query(sql, [...parameters]))
    this.#last = answer.catch(() => undefined)
    const { rows, rowCount, command } = await answer
    return { rows, ...(command === 'SELECT' || rowCount === null ? {} : { numAffectedRows: BigInt(rowCount) }) }
  }
  // biome-ignore lint/correctness/useYield: nothing streams inside an act
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('an act reads whole results')
  }
}

function driverOf(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new Error('an act is one transaction already')
  }
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => undefined,
  }
}
