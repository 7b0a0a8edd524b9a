/** The platform's process: reads its configuration, starts the modules of the list, stops in order at a signal. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from './kernel/config.ts'
import { openLog } from './kernel/observe.ts'
import { startPlatform } from './kernel/start.ts'
import { modules } from './modules.ts'
import { ensureFirstAdministrator } from './service/identity/first-run.ts'

const config = readConfig()
const log = openLog(config.log)
const web = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'web', 'workbench', 'dist')

try {
  const { platform, stop } = await startPlatform({ config, modules: Object.values(modules), log, web })
  await ensureFirstAdministrator(platform, config.dataDir)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping')
      void stop().then(() => process.exit(0))
    })
  }
} catch (error) {
  log.fatal({ err: error }, 'the platform could not start')
  process.exitCode = 1
}
