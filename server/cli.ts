/** The operator's commands: \`npm run zhenghe -- <command>\`. */
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from './kernel/config.ts'
import type { KernelTables } from './kernel/database.ts'
import { openKysely, openPool } from './kernel/database.ts'
import { loadKeys } from './kernel/keys.ts'
import { type Finding, verifyLedger } from './kernel/ledger/verify.ts'
import { platformDatabase } from './kernel/start.ts'

const USAGE = `usage: zhenghe verify-ledger [--key <public key, PEM file>]

  verify-ledger   proves every line, chain and seal of the ledger; exits 1 and names each line that was changed, removed or inserted.
                  Reads DATABASE_URL, or the embedded database under ZHENGHE_DATA (running or not).
                  With --key it trusts that public key instead of the platform's own key file.`

async function verify(keyFile: string | undefined): Promise<number> {
  const config = readConfig()
  const ends: (() => Promise<unknown>)[] = []
  try {
    const pool = openPool(await platformDatabase(config, ends), 2)
    ends.push(() => pool.end())
    const publicKey = keyFile ? createPublicKey(readFileSync(path.resolve(keyFile))) : loadKeys(config.dataDir).seal.publicKey
    const started = performance.now()
    const { lines, seals, unsealed, findings } = await verifyLedger(openKysely<KernelTables>(pool), publicKey)
    const seconds = (performance.now() - started) / 1000
    console.log(`${lines} lines, ${seals} seals, ${unsealed} lines not sealed yet; ${seconds.toFixed(2)} s`)
    for (const finding of findings) console.log(`  ${told(finding)}`)
    console.log(findings.length === 0 ? 'The ledger is whole.' : 'The ledger is NOT whole.')
    return findings.length === 0 ? 0 : 1
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

function told(finding: Finding): string {
  switch (finding.kind) {
    case 'changed':
      return `changed: line ${finding.seq} of chain ${finding.chain}, ${finding.at}`
    case 'removed':
      return `removed: lines ${finding.from} to ${finding.to} of chain ${finding.chain}`
    case 'inserted':
      return `inserted: line ${finding.seq} of chain ${finding.chain}, ${finding.at}`
    case 'mislabelled':
      return `relabelled: line ${finding.seq} of chain ${finding.chain}, ${finding.at}: its columns differ from what was hashed`
    case 'head':
      return `chain ${finding.chain}: its head at ${finding.seq} does not follow from its lines`
    case 'seal':
      return `seal ${finding.n}: its ${finding.reason} is wrong`
  }
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'verify-ledger') {
  process.exitCode = await verify(rest[0] === '--key' ? rest[1] : undefined)
} else {
  console.error(USAGE)
  process.exitCode = 2
}
