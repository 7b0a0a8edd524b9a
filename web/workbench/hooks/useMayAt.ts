import { useQuery } from '@tanstack/react-query'
import { organizations } from '../api/organizations.ts'
import { useMay } from '../session.ts'

const UNITS_STAY_MS = 600_000

/** Whether the person signed in holds a right at a unit, be it by the unit, by its division or everywhere. */
export function useMayAt(unit: string | undefined): (right: string) => boolean {
  const may = useMay()
  const { data } = useQuery({ ...organizations.query('unitsById', { ids: unit ? [unit] : [] }), enabled: unit !== undefined, staleTime: UNITS_STAY_MS })
  const division = data?.[0]?.division
  return (right) => unit !== undefined && may(right, division ? { unit, division } : { unit })
}
