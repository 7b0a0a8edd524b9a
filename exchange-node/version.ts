import fs from 'node:fs'

const { version } = JSON.parse(fs.readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }
/** Of this program, told to the platform. */
export const VERSION = version
