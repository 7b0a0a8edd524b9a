/** Addresses that follow the divisions of the city down to the door. */
import type { Division } from '@zhenghe/server/assurance/organizations/contract.ts'
import { CITY, counties, towns } from './divisions.ts'
import type { Draw } from './random.ts'

const ROADS = [
  ...['人民路', '建设路', '解放路', '文化路', '新华路', '振兴路', '和平路', '光明路', '工业路', '学府路', '迎宾大道', '滨河路', '开元路', '世纪大道'],
  ...['泰山路', '黄河路', '长江路', '青年路', '齐鲁街', '向阳街', '东风街', '健康街', '平安街', '永安路', '兴隆街', '凤凰路', '翠湖路', '科技路'],
]
const ESTATES = ['阳光花园', '锦绣家园', '翠湖新村', '和谐苑', '御景城', '东方新城', '金桂园', '书香苑', '泽润家园', '凤鸣小区', '滨河雅居', '安泰嘉园']
const VILLAGES = ['前王村', '后王村', '东李庄', '西李庄', '大张村', '小刘庄', '河东村', '河西村', '柳林村', '石桥村', '杨家洼', '孙家岭', '赵家庄', '北坡村']
const PARKS = ['云泽经济开发区', '凤泽化工产业园', '岚溪物流园', '云湖科技园', '鲁川食品产业园', '平澜渔港工业园']

export type Place = { county: Division; town: Division }

const townsByCounty = new Map(counties.map((county) => [county.code, towns.filter((town) => town.parent === county.code)]))

/** A town of that county. */
export function placeIn(draw: Draw, county: Division): Place {
  return { county, town: draw.pick(townsByCounty.get(county.code)!) }
}

/** Where an undertaking sits: a road and a door, or a park, a building and a floor. */
export function businessAddress(draw: Draw, { county, town }: Place): string {
  const head = CITY.name + county.name
  const kind = draw.below(10)
  if (kind === 0) return `${head + draw.pick(PARKS)}${draw.pick(ROADS)}${1 + draw.below(180)}号${1 + draw.below(20)}号厂房`
  const door = `${head + town.name}${draw.pick(ROADS)}${1 + draw.below(680)}号`
  return kind < 5 ? door : `${door}${1 + draw.below(12)}号楼${101 + draw.below(1800)}室`
}

/** Where people live: an estate in a street, a village in a town. */
export function homeAddress(draw: Draw, { county, town }: Place): string {
  const head = CITY.name + county.name + town.name
  if (!town.name.endsWith('街道')) return `${head}${draw.pick(VILLAGES)}${1 + draw.below(420)}号`
  return `${head}${draw.pick(ESTATES)}${1 + draw.below(36)}号楼${1 + draw.below(4)}单元${1 + draw.below(18)}0${1 + draw.below(3)}室`
}
