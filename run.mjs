#!/usr/bin/env node
// Runs a script under Node 24: under the Node that called it where that is new enough, else under the one that the optional
// package node-<platform>-<arch> brings. Plain JavaScript for Node 18 and later; nothing here may need an install script.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 24
const here = path.dirname(fileURLToPath(import.meta.url))
const cache = path.join(here, 'node_modules', '.cache', 'compile')
const script = path.resolve(process.argv[2] ?? '')

function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const home = path.dirname(createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`))
    return path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}

if (!process.argv[2]) {
  console.error('usage: node run.mjs <script> [arguments]')
  process.exitCode = 2
} else if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  module.enableCompileCache?.(cache)
  process.env['NODE_COMPILE_CACHE'] ??= cache // for the processes it starts
  process.argv.splice(1, 2, script)
  await import(pathToFileURL(script).href)
} else {
  const node = bundledNode()
  if (!node) {
    console.error(`Node ${NEEDED} or later is needed; this is ${process.version}, and no bundled one is installed (npm ci without --omit=optional brings it).`)
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), script, ...process.argv.slice(3)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1
    if (signal) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    }
  })
}
