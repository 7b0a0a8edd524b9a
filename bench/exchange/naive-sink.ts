/** What most tools do, target side: JSON back into objects, then INSERT with a thousand rows of parameters. */

import { once } from 'node:events'
import http from 'node:http'
import pg from 'pg'
import { serve } from './child.ts'
import { COLUMNS } from './register.ts'

const names = COLUMNS.map(([name]) => name)

serve<{ address: pg.ClientConfig; port: number; rows: number }>(async ({ address, port, rows }) => {
  const client = new pg.Client(address)
  let left = rows
  const done = Promise.withResolvers<void>()
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const page = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>[]
    const tuples = page.map((_, row) => `(${names.map((_name, at) => `$${row * names.length + at + 1}`).join(',')})`)
    const values = page.flatMap((row) => names.map((name) => row[name]))
    await client.query(`insert into naive (${names.join(',')}) values ${tuples.join(',')}`, values)
    left -= page.length
    response.end()
    if (left <= 0) done.resolve()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    await client.connect()
    await done.promise
    server.closeAllConnections()
    server.close()
    await client.end()
    return {}
  }
})
