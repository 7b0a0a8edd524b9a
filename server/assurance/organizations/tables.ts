/** The tables of this module. */
import type { Kysely } from 'kysely'
import type { Id, LocalDate } from '../../kernel/contract.ts'
import type { Appointment, Division, Duty, Person, Post, Side, Unit, WorkingGroup } from './contract.ts'

export type Tables = {
  'organizations.division': Division
  'organizations.unit': Unit
  'organizations.duty': Duty
  'organizations.unitDuty': { unit: Id; duty: string; since: LocalDate; until: LocalDate | null }
  'organizations.person': Person
  'organizations.post': Post & { position: number }
  'organizations.appointment': Appointment & { side: Side }
  'organizations.workingGroup': Omit<WorkingGroup, 'members'> & { formedOn: LocalDate }
  'organizations.groupMember': { workingGroup: Id; unit: Id; role: 'lead' | 'member' }
}
export type Db = Kysely<Tables>
