import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-outbox-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))
let files = 0
const fresh = () => path.join(folder, `${files++}.db`)
const LATER = Date.now() + 3_600_000

describe('the outbox', () => {
  test('keeps the order of letters about one subject, and lets others pass one that waits', () => {
    const box = new Outbox(fresh())
    box.write('a', 'quarantine/0', '/q', { n: 1 })
    box.write('a', 'manifest', '/m', { n: 2 })
    box.write('b', 'receipt', '/r', { n: 3 })
    const first = box.next(Date.now())!
    expect(first).toMatchObject({ about: 'a/quarantine/0', path: '/q', body: { n: 1 }, tries: 0 })
    box.later(first, LATER)
    const second = box.next(Date.now())!
    expect(second.about).toBe('b/receipt')
    box.told(second)
    expect(box.next(Date.now())).toBeUndefined()
    expect(box.next(LATER)).toMatchObject({ about: 'a/quarantine/0', tries: 1 })
    box.close()
  })

  test('a letter replaced while the earlier one is on its way still goes', () => {
    const box = new Outbox(fresh())
    box.write('a', 'trouble', '/t', { code: 'one' })
    const onItsWay = box.next(Date.now())!
    box.write('a', 'trouble', '/t', { code: 'two' })
    box.told(onItsWay)
    expect(box.next(Date.now())?.body).toEqual({ code: 'two' })
    box.close()
  })

  test('what is refused for good is kept aside and holds nothing up', () => {
    const box = new Outbox(fresh())
    box.write('a', 'manifest', '/m', {})
    box.refused(box.next(Date.now())!, 'exchange.wrong_state', 'no')
    expect(box.holds('a')).toBe(false)
    expect(box.counts()).toEqual({ waiting: 0, refused: 1, oldest: null })
    box.close()
  })

  test('what was refused is listed without its body, and goes again on order, after what still waits about the same', () => {
    const box = new Outbox(fresh())
    box.write('a', 'manifest', '/m', { secret: 'row' })
    box.refused(box.next(Date.now())!, 'exchange.wrong_state', 'no')
    const [letter] = box.listRefused(10)
    expect(letter).toMatchObject({ about: 'a/manifest', code: 'exchange.wrong_state', detail: 'no' })
    expect(JSON.stringify(letter)).not.toContain('secret')
    let woken = 0
    box.onWritten(() => woken++)
    expect(box.again([letter!.id, 999])).toBe(1)
    expect(box.again([letter!.id])).toBe(0)
    expect(woken).toBe(1)
    expect(box.next(Date.now())).toMatchObject({ about: 'a/manifest', path: '/m', body: { secret: 'row' }, tries: 0 })
    expect(box.counts()).toMatchObject({ waiting: 1, refused: 0, oldest: expect.any(Number) })
    box.close()
  })

  test('a letter written anew takes the place of the refused one that is told again', () => {
    const box = new Outbox(fresh())
    box.write('a', 'manifest', '/m', { n: 1 })
    box.refused(box.next(Date.now())!, 'exchange.wrong_state', 'no')
    box.write('a', 'manifest', '/m', { n: 2 })
    box.again(box.listRefused(10).map(({ id }) => id))
    expect(box.next(Date.now())).toMatchObject({ body: { n: 2 } })
    expect(box.counts()).toMatchObject({ waiting: 1, refused: 0 })
    box.close()
  })

  test('an outbox of an earlier version goes on with its letters', () => {
    const file = fresh()
    const old = new DatabaseSync(file)
    old.exec(`create table letter (id integer primary key autoincrement, subject text not null, about text not null unique, path text not null, body text not null,
      tries integer not null default 0, due integer not null default 0) strict;
      insert into letter (subject, about, path, body) values ('a', 'a/manifest', '/m', '{"n":1}')`)
    old.close()
    const box = new Outbox(file)
    expect(box.next(Date.now())).toMatchObject({ about: 'a/manifest', body: { n: 1 } })
    expect(Date.now() - box.counts().oldest!).toBeLessThan(10_000)
    box.close()
  })

  test('knows what it has told and what it will tell', () => {
    const box = new Outbox(fresh())
    box.write('a', 'receipt', '/r', {})
    expect([box.knows('a', 'receipt'), box.knows('a', 'manifest'), box.holds('a')]).toEqual([true, false, true])
    box.told(box.next(Date.now())!)
    expect([box.knows('a', 'receipt'), box.holds('a')]).toEqual([true, false])
    box.close()
  })

  test('is for this user only', () => {
    const file = fresh()
    new Outbox(file).close()
    expect(fs.statSync(file).mode & 0o077).toBe(0)
  })

  test('every letter that was written outlives a kill -9', async () => {
    const file = fresh()
    const script = `
      import { Outbox } from ${JSON.stringify(new URL('outbox.ts', import.meta.url).href)}
      const box = new Outbox(${JSON.stringify(file)})
      for (let n = 0; ; n++) { box.write('s', 'n' + n, '/', { n }); process.stdout.write(n + '\\n') }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    for await (const chunk of child.stdout) {
      told += chunk
      if (told.split('\n').length > 50) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const written = told.split('\n').slice(0, -1).map(Number)
    const box = new Outbox(file)
    const kept: unknown[] = []
    for (let letter = box.next(Date.now()); letter; letter = box.next(Date.now())) {
      kept.push((letter.body as { n: number }).n)
      box.told(letter)
    }
    expect(written.length).toBeGreaterThan(40)
    expect(kept.slice(0, written.length)).toEqual(written)
    box.close()
  })
})
