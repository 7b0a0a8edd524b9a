/** The statements that bring a batch into the target: set by set from temporary tables, or row by row with binary parameters where there are few. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { identifier, list, typeName } from '../../pg/sql.ts'
import type { TargetName } from '../../target/ledger.ts'
import { nameOf } from '../../target/load.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key'>

export const UPSERTS = 'pg_temp.zhenghe_upsert'
export const PATCHES = 'pg_temp.zhenghe_patch'
export const REMOVALS = 'pg_temp.zhenghe_remove'

export class Statements {
  readonly #target: string
  readonly #fields: readonly Field[]
  readonly #keys: readonly Field[]

  constructor(target: TargetName, fields: readonly Field[]) {
    this.#target = nameOf(target)
    this.#fields = fields
    this.#keys = fields.filter(({ key }) => key)
  }

  /** For as long as the connection; emptied by each commit. */
  staging(): string {
    const table = (name: string, fields: readonly Field[]) =>
      `create temp table ${name.slice('pg_temp.'.length)} (${list(fields.map(({ name: column, type }) => `${identifier(column)} ${typeName(type)}`))}) on commit delete rows`
    return [table(UPSERTS, this.#fields), table(PATCHES, this.#fields), table(REMOVALS, this.#keys)].join('; ')
  }

  upsertStaged(): string {
    const columns = this.#names(this.#fields)
    return `merge into ${this.#target} t using ${UPSERTS} s on ${this.#on('s')} when matched then update set ${list(columns.map((name) => `${name} = s.${name}`))}
      when not matched then insert (${list(columns)}) values (${list(columns.map((name) => `s.${name}`))})`
  }

  patchStaged(unchanged: readonly string[]): string {
    return `update ${this.#target} t set ${list(this.#changed(unchanged).map((name) => `${name} = s.${name}`))} from ${PATCHES} s where ${this.#on('s')}`
  }

  removeStaged(): string {
    return `delete from ${this.#target} t using ${REMOVALS} s where ${this.#on('s')}`
  }

  /** @param rows how many tuples of parameters it takes */
  upsertRows(rows: number): string {
    const columns = this.#names(this.#fields)
    return `insert into ${this.#target} (${list(columns)}) values ${this.#tuples(this.#fields, rows)}
      on conflict (${list(this.#names(this.#keys))}) do update set ${list(columns.map((name) => `${name} = excluded.${name}`))}`
  }

  patchRows(unchanged: readonly string[], rows: number): string {
    const columns = list(this.#names(this.#fields))
    return `update ${this.#target} t set ${list(this.#changed(unchanged).map((name) => `${name} = s.${name}`))}
      from (values ${this.#tuples(this.#fields, rows)}) s (${columns}) where ${this.#on('s')}`
  }

  removeRows(rows: number): string {
    return `delete from ${this.#target} where (${list(this.#names(this.#keys))}) in (${this.#tuples(this.#keys, rows)})`
  }

  empty(): string {
    return `truncate ${this.#target}`
  }

  #names(fields: readonly Field[]): string[] {
    return fields.map(({ name }) => identifier(name))
  }

  #changed(unchanged: readonly string[]): string[] {
    return this.#names(this.#fields.filter(({ name, key }) => !key && !unchanged.includes(name)))
  }

  #on(other: string): string {
    return this.#names(this.#keys)
      .map((key) => `t.${key} = ${other}.${key}`)
      .join(' and ')
  }

  #tuples(fields: readonly Field[], rows: number): string {
    return list(Array.from({ length: rows }, (_, row) => `(${list(fields.map(({ type }, at) => `$${row * fields.length + at + 1}::${typeName(type)}`))})`))
  }
}
