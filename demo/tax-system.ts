/** The tax bureau's own query system, as departments have them: answers a taxpayer's credit grade over HTTP from its database. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import type { Departments } from './departments.ts'
import { remembered } from './home.ts'

export type TaxSystem = { baseUrl: string; stop: () => Promise<void> }

/** At the port it had before, so that the interface registered for it goes on leading to it; at another where that is taken. */
export async function startTaxSystem(home: string, { server, passwords }: Departments): Promise<TaxSystem> {
  const { host, port: database } = server
  const pool = new pg.Pool({ host, port: database, database: 'taxation', user: 'taxation_node', password: passwords.taxation_node, max: 4 })
  pool.on('error', () => undefined)
  const service = http.createServer((request, response) => {
    answer(pool, request.url ?? '').then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body)),
      () => response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"query failed"}'),
    )
  })
  const port = await listen(service, remembered(home, 'tax-system', () => ({ port: 0 })).port)
  const stop = async () => {
    service.closeAllConnections()
    service.close()
    await pool.end()
  }
  return { baseUrl: `http://127.0.0.1:${port}/taxpayers`, stop }
}

async function listen(service: http.Server, wanted: number): Promise<number> {
  const open = async (port: number) => {
    service.listen(port, '127.0.0.1')
    await Promise.race([once(service, 'listening'), once(service, 'error').then(([error]) => Promise.reject(error as Error))])
  }
  await open(wanted).catch(() => open(0))
  return (service.address() as AddressInfo).port
}

async function answer(pool: pg.Pool, url: string): Promise<[status: number, body: unknown]> {
  const id = /^\/taxpayers\/([0-9A-Z]{18})\/credit$/.exec(url)?.[1]
  if (!id) return [400, { error: '纳税人识别号为 18 位大写字母和数字' }]
  const { rows } = await pool.query('select taxpayer_id, name, tax_office, credit_grade, state from tax.taxpayer where taxpayer_id = $1', [id])
  return rows[0] ? [200, { ...rows[0], year: 2025 }] : [404, { error: '没有该纳税人的信用评价' }]
}
