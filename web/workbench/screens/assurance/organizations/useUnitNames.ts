import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { createElement, type ReactNode } from 'react'
import { organizations } from '../../../api/organizations.ts'

/** Units by their ids as links, once their names are known. */
export function useUnitNames(ids: readonly string[]): { nameOf: (id: string) => string; linkTo: (id: string) => ReactNode } {
  const wanted = [...new Set(ids)].sort()
  const { data } = useQuery({ ...organizations.query('unitsById', { ids: wanted }), enabled: wanted.length > 0 })
  const names = new Map(data?.map(({ id, shortName }) => [id, shortName]))
  const nameOf = (id: string) => names.get(id) ?? '…'
  return { nameOf, linkTo: (id) => createElement(Link, { key: id, to: `/organizations/units/${id}` }, nameOf(id)) }
}
