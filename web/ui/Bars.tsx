import './Bars.css'

export type Bar = { key: string; label: string; value: number; shown: string }

const HEIGHT = 96
const STEP = 14
const WIDTH = 9

/** A figure day by day as bars. Read aloud as a list; a bar names its day and figure when pointed at. */
export function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const highest = Math.max(1, ...bars.map(({ value }) => value))
  const width = Math.max(1, bars.length * STEP - (STEP - WIDTH))
  const [first, last] = [bars.at(0), bars.at(-1)]
  return (
    <figure className="bars">
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map(({ key, label, value, shown }, index) => {
          const height = value === 0 ? 1 : Math.max(2, (value / highest) * HEIGHT)
          return (
            <rect key={key} x={index * STEP} y={HEIGHT - height} width={WIDTH} height={height} rx="1.5" className={value === 0 ? 'none' : undefined}>
              <title>{`${label}　${shown}`}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption>
        <span>{first?.label}</span>
        <span>{title}</span>
        <span>{last?.label}</span>
      </figcaption>
      <ul className="sr-only">
        {bars
          .filter(({ value }) => value > 0)
          .map(({ key, label, shown }) => (
            <li key={key}>{`${label} ${shown}`}</li>
          ))}
      </ul>
    </figure>
  )
}
