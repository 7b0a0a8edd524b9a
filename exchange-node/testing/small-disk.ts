/** A disk that is soon full: a file system in memory of a few MiB, mounted where a test likes. Needs root; elsewhere the tests that need one are passed over. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { afterAll } from 'vitest'

export const MAY_MOUNT = process.platform === 'linux' && process.getuid?.() === 0

/** @param owner `name` or `uid:gid` to whom it belongs. Taken away after the tests of the file. Answers how to make more room. */
export function smallDisk(folder: string, mebibytes: number, owner?: string): (mebibytes: number) => void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder])
  if (owner) execFileSync('chown', [owner, folder])
  mounted.push(folder)
  return (more) => void execFileSync('mount', ['-o', `remount,size=${more}m`, folder])
}

const mounted: string[] = []

/** Called by a test file after what it starts there: hooks run from the last to the first, and a folder can only be removed when nothing is mounted in it. */
export function unmountAfterAll(): void {
  afterAll(() => {
    for (const folder of mounted.splice(0)) execFileSync('umount', ['-l', folder])
  })
}
