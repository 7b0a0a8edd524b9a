/** Runs the browser tests: `npm run e2e`. Needs an installed Chromium. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { findChromium } from './chromium.ts'

if (!findChromium()) {
  console.error('The browser tests need Chromium: on Debian, apt-get install chromium fonts-noto-cjk; elsewhere install it and set CHROMIUM to its path.')
  process.exit(1)
}
const root = path.resolve(import.meta.dirname, '..')
const words = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'e2e/vitest.config.ts', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
