/** As much of 达梦's driver as this connector uses; the package is installed by who has a licence for it. */
declare module 'dmdb' {
  export type Bind = string | number | Buffer | null
  export type ResultSet = { getRows(rows: number): Promise<unknown[][]>; close(): Promise<void> }
  export type Result = { rows?: unknown[][]; rowsAffected?: number; resultSet?: ResultSet }
  export interface Connection {
    execute(sql: string, binds: readonly Bind[], options: { autoCommit?: boolean; resultSet?: boolean; outFormat?: number }): Promise<Result>
    executeMany(sql: string, rows: readonly (readonly Bind[])[], options: { autoCommit?: boolean }): Promise<Result>
    commit(): Promise<void>
    rollback(): Promise<void>
    close(): Promise<void>
  }
  export interface Driver {
    OUT_FORMAT_ARRAY: number
    CLOB: number
    BLOB: number
    fetchAsString: number[]
    fetchAsBuffer: number[]
    getConnection(attributes: { connectString: string; user: string; password: string; connectTimeout?: number; socketTimeout?: number }): Promise<Connection>
  }
  const driver: Driver
  export default driver
}
