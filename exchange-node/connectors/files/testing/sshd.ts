/** A real OpenSSH server for SFTP on a free port, with keys of its own, until it is stopped. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { until } from '../../../testing/wait.ts'

export type TestSftp = { url: (root: string) => string; folder: string; stop: () => void; kill: () => void; start: () => Promise<void> }

export async function startSftp(): Promise<TestSftp> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sftp-'))
  const [hostKey, userKey] = ['host', 'user'].map((name) => path.join(folder, name))
  for (const key of [hostKey!, userKey!]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const [, print = ''] = execFileSync('ssh-keygen', ['-lf', hostKey!]).toString().split(' ')
  const port = await freePort()
  mkdirSync(path.join(folder, 'files'))
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  execFileSync('cp', [`${userKey}.pub`, path.join(folder, 'authorized_keys')])
  const settings = {
    Port: String(port),
    ListenAddress: '127.0.0.1',
    HostKey: hostKey,
    AuthorizedKeysFile: path.join(folder, 'authorized_keys'),
    StrictModes: 'no',
    UsePAM: 'no',
    PidFile: 'none',
    PermitRootLogin: 'prohibit-password',
    Subsystem: 'sftp internal-sftp',
  }
  writeFileSync(
    path.join(folder, 'sshd_config'),
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  )
  let server: ChildProcess
  const start = async () => {
    server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path.join(folder, 'sshd_config')], { stdio: 'ignore' })
    await until(() => listens(port))
  }
  await start()
  return {
    folder: path.join(folder, 'files'),
    url: (root) =>
      `sftp://${userInfo().username}@127.0.0.1:${port}${folder}/files${root}?key=${encodeURIComponent(userKey!)}&hostKey=${encodeURIComponent(print)}`,
    start,
    kill: () => server.kill('SIGKILL'),
    stop: () => {
      server.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
