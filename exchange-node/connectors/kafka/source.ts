/** Kafka topics as a source: a topic is a table of JSON messages, its committed end offsets are the moment, ranges are stretches of its partitions. */
import type { DeliveryMode, Grant } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import { refusal } from '../../refusal.ts'
import { checkCursor, checkGranted } from '../../source/preflight.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { Look, Source, SourceConnector, SourceOptions } from '../connector.ts'
import { FILE_TYPE } from '../files/schema.ts'
import type { KafkaAddress } from './address.ts'
import { Cluster, type Topic } from './cluster.ts'
import { shownColumns } from './rows.ts'
import { KafkaSnapshot } from './snapshot.ts'
import { type Description, KEY, OFFSET, PARTITION, TIMESTAMP, type Topics } from './topics.ts'

/** Topics have no schemas; they stand in this one. */
export const SCHEMA = 'topics'
const OWN_COLUMNS: ReadonlySet<string> = new Set([PARTITION, OFFSET, TIMESTAMP, KEY])

export async function atCluster<T>(cluster: Cluster, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  try {
    return await work(cluster)
  } finally {
    await cluster.end()
  }
}

export async function lookAtCluster(cluster: Cluster): Promise<Look> {
  await cluster.id()
  return { product: 'Kafka', database: cluster.name }
}

export class KafkaSource implements SourceConnector {
  readonly #address: KafkaAddress
  readonly #described: ReadonlyMap<string, Description>

  constructor(address: KafkaAddress, topics?: Topics) {
    this.#address = address
    this.#described = new Map(topics?.topics.map((one) => [one.topic, one]))
  }

  look(): Promise<Look> {
    return this.#at(lookAtCluster)
  }

  tables(): Promise<SourceTable[]> {
    return this.#at(async (cluster) => {
      const tables: SourceTable[] = []
      for (const name of await cluster.topics()) {
        const topic = await cluster.topic(name)
        const table = topic && (await this.#tableOf(cluster, topic).catch(unlessUnread))
        if (table) tables.push(table)
      }
      return tables
    })
  }

  prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    return this.#at(async (cluster) => {
      if (mode === 'incremental') checkCursor(grant)
      const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
      if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
      const { topic, table } = await this.#granted(cluster, grant)
      const description = this.#described.get(topic.name)
      return {
        table,
        snapshot: () => KafkaSnapshot.take(new Cluster(this.#address, 'source'), { grant, options, description, latest: isLatest(topic, description) }),
      }
    })
  }

  async #granted(cluster: Cluster, grant: Grant): Promise<{ topic: Topic; table: SourceTable }> {
    const { schema, table: name } = grant.source
    const topic = schema === SCHEMA ? await cluster.topic(name) : undefined
    if (!topic) throw refusal('source_missing', `there is no topic ${name} at the source: bind the resource to where it is now`)
    const table = await this.#tableOf(cluster, topic)
    checkGranted(this.#described.has(name) ? table : asGranted(table, grant), grant)
    return { topic, table }
  }

  async #tableOf(cluster: Cluster, topic: Topic): Promise<SourceTable> {
    const description = this.#described.get(topic.name)
    const latest = isLatest(topic, description)
    const columns = await shownColumns(cluster, topic, description, latest)
    const messages = (await cluster.bounds(topic)).reduce((sum, { start, end }) => sum + Number(end - start), 0)
    return {
      schema: SCHEMA,
      table: topic.name,
      kind: latest ? 'table' : 'view',
      comment: description?.comment ?? null,
      estimatedRows: messages,
      bytes: 0,
      columns,
    }
  }

  #at<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    return atCluster(new Cluster(this.#address, 'source'), work)
  }
}

function isLatest(topic: Topic, description: Description | undefined): boolean {
  return description?.rows ? description.rows === 'latest' : topic.compacted
}

/** A topic whose messages are no rows is shown to nobody; a cluster that does not answer is told of. */
function unlessUnread(error: unknown): undefined {
  if (['source_value', 'source_encoding'].includes((error as { code: string }).code)) return undefined
  throw error
}

/**
 * What a few messages seem to hold binds nobody: a column of theirs may be granted as any type, and be the key; each value is read as that, or refused. Where there is no
 * message to look at, the columns are those that were bound.
 */
function asGranted(table: SourceTable, { fields }: Grant): SourceTable {
  const own = table.columns.filter(({ column }) => OWN_COLUMNS.has(column))
  const asked = fields.filter(({ column }) => !OWN_COLUMNS.has(column))
  if (own.length === table.columns.length)
    return { ...table, columns: [...own, ...asked.map(({ column, type, key }) => ({ column, dbType: FILE_TYPE, type, nullable: !key, key, comment: null }))] }
  const columns = table.columns.map((column) => {
    const field = asked.find((one) => one.column === column.column)
    return field ? { ...column, type: field.type, nullable: !field.key } : column
  })
  return { ...table, columns }
}
