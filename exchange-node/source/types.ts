/** Which canonical type a PostgreSQL column is carried as, and which others it may be granted as without loss. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'

/** By `pg_type.typname` of the base type (a domain's own base). Everything else is carried as text, which every type can be cast to. */
const CANONICAL: Readonly<Record<string, CanonicalType>> = {
  bool: 'bool',
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  oid: 'int8',
  float4: 'float4',
  float8: 'float8',
  numeric: 'numeric',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  bytea: 'bytea',
  jsonb: 'jsonb',
  json: 'jsonb',
}

/** Widenings that keep every value. Never timestamp to timestamptz: that would invent a time zone. */
const WIDER: Readonly<Partial<Record<CanonicalType, readonly CanonicalType[]>>> = {
  int2: ['int4', 'int8', 'numeric', 'float4', 'float8'],
  int4: ['int8', 'numeric', 'float8'],
  int8: ['numeric'],
  float4: ['float8'],
  date: ['timestamp'],
}

export function canonicalType(baseType: string): CanonicalType {
  return CANONICAL[baseType] ?? 'text'
}

/** Whether a column carried as `own` may be granted as `granted`: as that, as a wider type, or as text. */
export function mayBe(own: CanonicalType, granted: CanonicalType): boolean {
  return granted === own || granted === 'text' || (WIDER[own]?.includes(granted) ?? false)
}
