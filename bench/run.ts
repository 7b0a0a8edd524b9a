/** `npm run bench -- <name> [options]`: runs bench/<name>.ts. Every bench prints a table and, last, one line of JSON. */
import fs from 'node:fs'

const folder = new URL('.', import.meta.url)
const [name, ...args] = process.argv.slice(2)
const benches = fs
  .readdirSync(folder)
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== 'run.ts')
  .map((file) => file.slice(0, -3))

if (!name || !benches.includes(name)) {
  console.error(`usage: npm run bench -- <${benches.join(' | ')}> [--quick]`)
  process.exitCode = 2
} else {
  const bench = (await import(new URL(`${name}.ts`, folder).href)) as { run(args: string[]): Promise<void> }
  await bench.run(args)
}
