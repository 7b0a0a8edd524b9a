/** The catalogue of the city: what its departments hold and on which terms they share it. */
import type { Format, ShareMode } from '@zhenghe/server/data/catalog/contract.ts'
import { agriculture } from './catalogue/agriculture.ts'
import { approval } from './catalogue/approval.ts'
import { audit } from './catalogue/audit.ts'
import { civilAffairs } from './catalogue/civil-affairs.ts'
import { headingOf } from './catalogue/classes.ts'
import { culture } from './catalogue/culture.ts'
import { dataBureau } from './catalogue/data-bureau.ts'
import { developmentReform } from './catalogue/development-reform.ts'
import { ecology } from './catalogue/ecology.ts'
import { education } from './catalogue/education.ts'
import { emergency } from './catalogue/emergency.ts'
import { type CatalogueEntry, type Draft, databaseFormat, itemOf, itemsOf, notOpen } from './catalogue/entry.ts'
import { finance } from './catalogue/finance.ts'
import { governmentOffice } from './catalogue/government-office.ts'
import { health } from './catalogue/health.ts'
import { housing } from './catalogue/housing.ts'
import { housingFund } from './catalogue/housing-fund.ts'
import { humanResources } from './catalogue/human-resources.ts'
import { industry } from './catalogue/industry.ts'
import { justice } from './catalogue/justice.ts'
import { marketSupervision } from './catalogue/market-supervision.ts'
import { medicalInsurance } from './catalogue/medical-insurance.ts'
import { naturalResources } from './catalogue/natural-resources.ts'
import { publicSecurity } from './catalogue/public-security.ts'
import { science } from './catalogue/science.ts'
import { statistics } from './catalogue/statistics.ts'
import { taxation } from './catalogue/taxation.ts'
import { transport } from './catalogue/transport.ts'
import { veterans } from './catalogue/veterans.ts'
import { water } from './catalogue/water.ts'
import { dayNumber, isoDay } from './days.ts'
import type { CityUnitKey } from './units.ts'

const departments = [
  marketSupervision,
  publicSecurity,
  taxation,
  civilAffairs,
  humanResources,
  naturalResources,
  housing,
  health,
  medicalInsurance,
  education,
  transport,
  ecology,
  agriculture,
  finance,
  audit,
  justice,
  approval,
  emergency,
  statistics,
  developmentReform,
  industry,
  science,
  water,
  culture,
  veterans,
  housingFund,
  governmentOffice,
  dataBureau,
]

const FIRST_RELEASE = dayNumber('2024-03-01')
const RELEASE_SPAN = 900
const MODES: Readonly<Partial<Record<Format, ShareMode>>> = { database: 'platform_database', service: 'platform_service' }

type Coded = { draft: Draft; provider: CityUnitKey; class: string; code: string }

function coded(): Coded[] {
  const sequences = new Map<string, number>()
  return departments.flatMap(({ provider, drafts }) =>
    drafts.map((draft) => {
      const path = draft.class.length === 2 ? headingOf(provider) + draft.class : draft.class
      const sequence = (sequences.get(path) ?? 0) + 1
      sequences.set(path, sequence)
      return { draft, provider, class: path, code: `${path}/${String(sequence).padStart(5, '0')}` }
    }),
  )
}

function entryOf({ draft, provider, class: path, code }: Coded, index: number, codes: ReadonlyMap<string, string>): CatalogueEntry {
  const { items: form, format = databaseFormat, open = notOpen, related = [], grade = 'general', system = '' } = draft
  return {
    code,
    provider,
    content: {
      name: draft.name,
      class: path,
      providerOffice: '',
      abstract: draft.abstract,
      ...format,
      items: typeof form === 'string' ? itemsOf(form) : form.table.columns.map(itemOf),
      share: { ...draft.share, mode: MODES[format.format] ?? 'platform_file' },
      open,
      updateCycle: draft.cycle,
      related: related.map((name) => codeOf(name, codes)),
      tags: [...draft.tags],
      grade,
      classified: false,
      system,
    },
    releasedOn: isoDay(FIRST_RELEASE + ((index * 37) % RELEASE_SPAN)),
    source: typeof form === 'string' ? null : { database: form.database, schema: form.table.schema, table: form.table.name },
  }
}

function codeOf(name: string, codes: ReadonlyMap<string, string>): string {
  const code = codes.get(name)
  if (!code) throw new Error(`no catalogue entry is named «${name}»`)
  return code
}

function compile(): CatalogueEntry[] {
  const drafts = coded()
  const codes = new Map(drafts.map(({ draft, code }) => [draft.name, code]))
  return drafts.map((draft, index) => entryOf(draft, index, codes))
}

/** Every entry, department by department. */
export const catalogue: readonly CatalogueEntry[] = compile()

/** The entry of that name. Throws where there is none: names are always written in code. */
export function entryNamed(name: string): CatalogueEntry {
  const entry = catalogue.find(({ content }) => content.name === name)
  if (!entry) throw new Error(`no catalogue entry is named «${name}»`)
  return entry
}
