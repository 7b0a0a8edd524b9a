/** The reference documents, from the contracts alone: file name → text. */
import { kernelRefusals } from './kernel/http/problem.ts'
import { openapi } from './kernel/openapi.ts'
import { modules } from './modules.ts'

const all = Object.values(modules)
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
const table = (heads: readonly string[], rows: readonly string[]): string => [row(...heads), row(...heads.map(() => '---')), ...rows].join('\n')
const page = (title: string, body: string): string => `# ${title}\n\nGenerated from the contracts by \`npm run docs\`. Do not edit.\n\n${body}\n`

export function referencePages(): Record<string, string> {
  return {
    'openapi.json': `${JSON.stringify(openapi(all), null, 1)}\n`,
    'endpoints.md': page('Endpoints', all.map(endpointsOf).join('\n\n')),
    'rights.md': page('Rights', rightsTable()),
    'refusals.md': page('Refusals', refusalsTable()),
    'facts.md': page('Facts', factsTable()),
  }
}

function endpointsOf({ name, contract }: (typeof all)[number]): string {
  const rows = Object.values(contract).map((endpoint) =>
    row(`\`${endpoint.at}\``, endpoint.summary, `\`${endpoint.right}\``, endpoint.unrecorded || endpoint.kind === 'query' ? '' : 'yes'),
  )
  return `## ${name}\n\n${table(['address below /api', 'what it does', 'right', 'ledger line'], rows)}`
}

function rightsTable(): string {
  const rows = all.flatMap(({ rights, contract }) =>
    Object.entries(rights).map(([right, { text, side }]) => {
      const opens = Object.values(contract)
        .filter((endpoint) => endpoint.right === right)
        .map(({ at }) => `\`${at}\``)
      return row(`\`${right}\``, text.zh, text.en, side, opens.join(', '))
    }),
  )
  return table(['right', '中文', 'English', 'side', 'opens'], rows)
}

function refusalsTable(): string {
  const own = all.flatMap(({ refusals }) => Object.entries(refusals))
  const rows = [...Object.entries(kernelRefusals), ...own].map(([code, { status, text }]) => row(`\`${code}\``, String(status), text.zh, text.en))
  return table(['code', 'status', '中文', 'English'], rows)
}

function factsTable(): string {
  const rows = all
    .flatMap(({ facts }) => facts ?? [])
    .map(({ code, title, formula, unit, target }) => row(`\`${code}\``, title.zh, title.en, formula.zh, unit, target === undefined ? '' : String(target)))
  return table(['code', '中文', 'English', '公式', 'unit', 'target'], rows)
}
