type Highlight = { text: string; marks: readonly (readonly [number, number])[] }

/** A text with what was found in it marked; `marks` are from and to, in UTF-16 units. Without a highlight, the text as it is. */
export function Marked({ text, highlight }: { text: string; highlight: Highlight | undefined }) {
  if (!highlight || highlight.marks.length === 0) return text
  const { text: shown, marks } = highlight
  return marks.map(([from, to], index) => (
    <span key={from}>
      {shown.slice(marks[index - 1]?.[1] ?? 0, from)}
      <mark>{shown.slice(from, to)}</mark>
      {index === marks.length - 1 && shown.slice(to)}
    </span>
  ))
}
