// Completes package-lock.json with the optional builds for other platforms that the registry in use does not serve: without them
// `npm ci` stops with «Missing … from lock file». Run after every `npm install`. Added entries carry no integrity hash.
import { readFileSync, writeFileSync } from 'node:fs'

const OS = /(?:^|-)(darwin|win32|linux|freebsd|android|openharmony|aix|sunos|netbsd|openbsd|windows)(?=-|$)/
const CPU = /(?:^|-)(x64|arm64|arm|ia32|ppc64|s390x|riscv64|loong64|wasm32)(?=-|$)/
const file = process.argv[2] ?? 'package-lock.json'
const lock = JSON.parse(readFileSync(file, 'utf8'))

function libcOf(name, os) {
  if (name.includes('musl')) return { libc: ['musl'] }
  return os === 'linux' && name.endsWith('gnu') ? { libc: ['glibc'] } : {}
}

let added = 0
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (lock.packages[`${place}/node_modules/${name}`] || lock.packages[`node_modules/${name}`]) continue
    const base = name.split('/').pop()
    const os = OS.exec(base)?.[1]
    const cpu = CPU.exec(base)?.[1]
    if (!os || !/^\d/.test(version)) continue
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
      ...libcOf(name, os),
      ...(dev ? { dev: true } : {}),
    }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} entries added`)
