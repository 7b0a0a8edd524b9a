/** As much of node-oracledb as this connector uses; the package brings no types of its own. */
declare module 'oracledb' {
  export type Bind = { val?: unknown; type?: unknown; maxSize?: number; dir?: unknown }
  export type Metadata = { name: string; dbType?: unknown }
  export type FetchTypeHandler = (metadata: Metadata) => { type: unknown } | undefined
  export type Options = {
    autoCommit?: boolean
    resultSet?: boolean
    fetchArraySize?: number
    prefetchRows?: number
    outFormat?: unknown
    fetchTypeHandler?: FetchTypeHandler
    bindDefs?: readonly Bind[]
  }
  export type ResultSet = { getRows(rows: number): Promise<unknown[][]>; close(): Promise<void> }
  export type Result = { rows?: unknown[][]; rowsAffected?: number; resultSet?: ResultSet }
  export interface Connection {
    callTimeout: number
    oracleServerVersion: number
    oracleServerVersionString: string
    execute(sql: string, binds: readonly unknown[], options: Options): Promise<Result>
    executeMany(sql: string, rows: readonly (readonly unknown[])[], options: Options): Promise<Result>
    commit(): Promise<void>
    rollback(): Promise<void>
    break(): Promise<void>
    close(options?: { drop?: boolean }): Promise<void>
  }
  export type Attributes = { user: string; password: string; connectString: string }
  interface Oracledb {
    OUT_FORMAT_ARRAY: unknown
    DB_TYPE_VARCHAR: unknown
    DB_TYPE_NVARCHAR: unknown
    DB_TYPE_NUMBER: unknown
    DB_TYPE_BINARY_FLOAT: unknown
    DB_TYPE_BINARY_DOUBLE: unknown
    DB_TYPE_RAW: unknown
    DB_TYPE_CLOB: unknown
    DB_TYPE_NCLOB: unknown
    DB_TYPE_BLOB: unknown
    getConnection(attributes: Attributes): Promise<Connection>
  }
  const oracledb: Oracledb
  export default oracledb
}
