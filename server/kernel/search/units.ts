/** The UTF-16 units of a text. */
export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length)
  for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at)
  return units
}

const CHUNK = 4096 // arguments of one call

/** A string of its own: one cut from a longer string would keep that in memory. */
export function textOf(units: Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += CHUNK) text += String.fromCharCode(...units.subarray(at, at + CHUNK))
  return text
}

/** Whether `units` stand in `text` at this place. */
export function occursAt(text: Uint16Array, at: number, units: Uint16Array): boolean {
  for (let index = 0; index < units.length; index += 1) if (text[at + index] !== units[index]) return false
  return true
}
