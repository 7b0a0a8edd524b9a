/** Names of this module's values, as people read them. */
import type { Labels } from '../../kernel/texts.ts'
import type { DivisionLevel, PostScope, Side, UnitKind } from './contract.ts'

export const divisionLevels = {
  province: { zh: '省级', en: 'Province' },
  city: { zh: '市级', en: 'City' },
  county: { zh: '县级', en: 'County' },
  town: { zh: '乡级', en: 'Town' },
  village: { zh: '村级', en: 'Village' },
} satisfies Labels<DivisionLevel>

export const unitKinds = {
  department: { zh: '工作部门', en: 'Department' },
  government_office: { zh: '政府办公机构', en: 'Government office' },
  institution: { zh: '事业单位', en: 'Public institution' },
  outside: { zh: '其他单位', en: 'Other organisation' },
} satisfies Labels<UnitKind>

export const postScopes = {
  unit: { zh: '本单位', en: 'Own unit' },
  division: { zh: '本区划', en: 'Whole division' },
  platform: { zh: '全平台', en: 'Whole platform' },
} satisfies Labels<PostScope>

export const sides = {
  business: { zh: '业务', en: 'Business' },
  system: { zh: '系统管理', en: 'System administration' },
  security: { zh: '安全管理', en: 'Security administration' },
  audit: { zh: '审计管理', en: 'Audit' },
} satisfies Labels<Side>

export const groupRoles = {
  lead: { zh: '牵头单位', en: 'Lead' },
  member: { zh: '成员单位', en: 'Member' },
} satisfies Labels<'lead' | 'member'>
