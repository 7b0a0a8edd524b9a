import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|html|svg)$/

/** Puts a `.gz` beside every built text file, so that the server never compresses while somebody waits. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      for (const entry of await fs.readdir(dir, { recursive: true })) {
        if (!COMPRESSIBLE.test(entry)) continue
        const file = path.join(dir, entry)
        await fs.writeFile(`${file}.gz`, await promisify(gzip)(await fs.readFile(file), { level: constants.Z_BEST_COMPRESSION }))
      }
    },
  }
}
