/**
 * How dirty the registers are, exactly. A defect strikes every `every`-th row from number `at` on, and no row bears two; so the number of
 * each in a table of n rows can be told without looking.
 */
export type Schedule<Kind extends string> = Readonly<Record<Kind, { every: number; at: number }>>

/** The defect of the row with that number, or null for a sound one. */
export function defectOf<Kind extends string>(schedule: Schedule<Kind>, index: number): Kind | null {
  for (const kind in schedule) if (index % schedule[kind].every === schedule[kind].at) return kind
  return null
}

/** How many of the first `n` rows bear each defect. */
export function defectCounts<Kind extends string>(schedule: Schedule<Kind>, n: number): Record<Kind, number> {
  const counts = Object.entries<{ every: number; at: number }>(schedule).map(([kind, { every, at }]) => [kind, Math.ceil(Math.max(0, n - at) / every)])
  return Object.fromEntries(counts) as Record<Kind, number>
}

export type Tally<Kind extends string> = {
  read: number
  /** Rows the filter keeps back. */
  filtered: number
  /** Rows of each defect among those that pass the filter. */
  defects: Record<Kind, number>
}

/** What a delivery of the first `n` rows will meet when only rows that pass the filter may go. Rows are made again one by one: about 1 µs each. */
export function tally<Row, Kind extends string>(
  schedule: Schedule<Kind>,
  n: number,
  rowAt: (index: number) => Row,
  passes: (row: Row) => boolean,
): Tally<Kind> {
  const kinds = Object.keys(schedule) as Kind[]
  const defects = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>
  let filtered = 0
  for (let index = 0; index < n; index++) {
    const defect = defectOf(schedule, index)
    if (!passes(rowAt(index))) filtered++
    else if (defect) defects[defect]++
  }
  return { read: n, filtered, defects }
}
