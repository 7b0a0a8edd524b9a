/** A table as the platform's catalogue takes it. */
import { type SourceTable, shapeOf } from './source/schema.ts'

export function tableInfo({ schema, table, comment, estimatedRows, bytes, columns }: SourceTable): object {
  return {
    schema,
    table,
    comment: comment ?? '',
    rows: Math.round(estimatedRows),
    bytes,
    shape: shapeOf(columns),
    columns: columns.map((column) => ({
      name: column.column,
      type: column.dbType,
      canonical: column.type,
      nullable: column.nullable,
      key: column.key,
      length: lengthOf(column.dbType),
      comment: column.comment ?? '',
    })),
  }
}

/** Characters that fit: 18 of `character varying(18)`; null where the type has no such limit. */
function lengthOf(dbType: string): number | null {
  const match = /^(?:character varying|character|bit|bit varying)\((\d+)\)$/.exec(dbType)
  return match ? Number(match[1]) : null
}
