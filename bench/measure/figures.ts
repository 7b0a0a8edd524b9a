/** The small sums of the benches. */

/** The middle value, of an even number the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Median over the rounds of how many times as fast as its peer the run of the same round was. */
export function speedRatio(ours: readonly number[], peers: readonly number[]): number {
  return round(median(ours.map((seconds, at) => peers[at]! / seconds)))
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits))
}

/** Every so many-th element, so that at most `most` are left; the first and the last stay. */
export function downsample<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values]
  return Array.from({ length: most }, (_, at) => values[Math.round((at * (values.length - 1)) / (most - 1))]!)
}

/** The last JSON objects of what a bench printed, one a line; text between them is passed over. */
export function jsonLines(output: string): Record<string, unknown>[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{"')) return []
    try {
      return [JSON.parse(line) as Record<string, unknown>]
    } catch {
      return []
    }
  })
}
