import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatFact } from '@zhenghe/ui/FactTile.tsx'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { words as uiWords } from '@zhenghe/ui/texts.ts'
import { Drawer } from 'antd'
import { desk } from '../../../api/desk.ts'

type EvidenceDrawerProps = { code: string | undefined; unit: string | undefined; onClose: () => void }

/** What a figure is made of: numerator, denominator, formula, and the records behind it. */
export function EvidenceDrawer({ code, unit, onClose }: EvidenceDrawerProps) {
  const { language, say } = useLanguage()
  const { data } = useQuery({ ...desk.query('evidence', { code: code ?? '', unit }), enabled: code !== undefined })
  return (
    <Drawer open={code !== undefined} onClose={onClose} size={480} title={data ? say(data.fact.title) : ''}>
      {!data && <Lines count={6} />}
      {data && (
        <div className="stack">
          <p className="fact-figure number">{formatFact(data.fact, language)}</p>
          <KeyValue
            pairs={[
              { label: say(uiWords.numerator), value: <Count value={data.fact.numerator} /> },
              ...(data.fact.unit === 'share' ? [{ label: say(uiWords.denominator), value: <Count value={data.fact.denominator ?? 0} /> }] : []),
              { label: say(uiWords.formula), value: say(data.fact.formula), wide: true },
            ]}
          />
          <div>
            <h2>{say(uiWords.evidence)}</h2>
            {data.evidence.length === 0 && <p className="faint">{say(uiWords.noEvidence)}</p>}
            <ul className="todo-list">
              {data.evidence.map(({ label, at, link }) => (
                <li key={`${link} ${at}`}>
                  <Link to={link} className="todo-title">
                    {label}
                  </Link>
                  {at && (
                    <span className="faint">
                      <Moment value={at} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </Drawer>
  )
}
