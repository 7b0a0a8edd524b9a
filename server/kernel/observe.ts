/** Structured logs and Prometheus metrics. */
import type { Pool } from 'pg'
import { type Logger, pino } from 'pino'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Never written to a log, at any depth a request or an error may carry them. */
const SECRETS = ['password', 'pin', 'token', 'secret', 'cookie', 'authorization', 'connectionString', 'totp']

export function openLog(level: string, name = 'zhenghe'): Logger {
  const paths = SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])
  return pino({ level, name, redact: { paths, censor: '…' }, timestamp: pino.stdTimeFunctions.isoTime, base: { name, pid: process.pid } })
}

export type Metrics = {
  contentType: string
  text: () => Promise<string>
  served: (endpoint: string, milliseconds: number) => void
  acted: (endpoint: string, outcome: string) => void
  registry: Registry
}

/** A figure of a module for a monitoring system: read from the database whenever the metrics are asked for. Its labels must never name a person. */
export type Measure = {
  /** `zhenghe_<module>_<what>`, with the unit at its end. */
  name: string
  help: string
  labels: readonly string[]
  read: (pool: Pool) => Promise<readonly { labels: Readonly<Record<string, string>>; value: number }[]>
}

function measure(registry: Registry, pool: Pool, { name, help, labels, read }: Measure): Gauge {
  return new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    async collect() {
      const values = await read(pool).catch(() => []) // a database that is away must not take the process's own figures with it
      this.reset()
      for (const { labels: at, value } of values) this.set({ ...at }, value)
    },
  })
}

export function openMetrics(pool: Pool, measures: readonly Measure[] = []): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'zhenghe_' })
  const seconds = new Histogram({
    name: 'zhenghe_http_seconds',
    help: 'Time to answer a request, by endpoint',
    labelNames: ['endpoint'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  const acts = new Counter({ name: 'zhenghe_acts_total', help: 'Endpoints run, by outcome', labelNames: ['endpoint', 'outcome'], registers: [registry] })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('zhenghe_pool_connections', 'Open database connections', () => pool.totalCount)
  gauge('zhenghe_pool_waiting', 'Calls waiting for a database connection', () => pool.waitingCount)
  for (const one of measures) measure(registry, pool, one)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    served: (endpoint, milliseconds) => seconds.observe({ endpoint }, milliseconds / 1000),
    acted: (endpoint, outcome) => acts.inc({ endpoint, outcome }),
    registry,
  }
}
