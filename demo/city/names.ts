/** Names of people and of undertakings. Every list is made up of common parts; no name stands for anyone. */
import { CITY } from './divisions.ts'
import { type Draw, weighted } from './random.ts'

/** GB/T 2261.1, of which the registers use the two. */
export type Sex = '1' | '2'

const SURNAMES = weighted([
  ...[...'王李张刘'].map((name) => [name, 20] as const),
  ...[...'陈杨赵孙'].map((name) => [name, 10] as const),
  ...[...'徐马朱胡林郭于高宋郑吕姜'].map((name) => [name, 5] as const),
  ...[...'韩曹许苏冯董程袁邓傅沈曾彭卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文'].map(
    (name) => [name, 2] as const,
  ),
  ...['欧阳', '司马', '诸葛', '上官', '尉迟'].map((name) => [name, 1] as const),
])
const MALE = [...'伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭宁龙林建国志文海峰晨阳昊天泽轩立新永康德胜']
const FEMALE = [...'芳娜敏静丽艳娟霞秀英玲桂兰萍红玉梅燕雪倩婷颖琳晶慧莹洁欣怡佳悦梦瑶雨涵诗琪淑珍爱华月云凤']
/** Characters outside the Basic Multilingual Plane do occur in names, and GB 18030-2022 asks that they be kept. */
const RARE = ['𬍛', '𬭎', '𤧛', '䶮']
const UYGHUR_MALE = ['艾力', '买买提', '吐尔逊', '阿不都', '依明', '亚森']
const UYGHUR_FEMALE = ['阿依古丽', '热依汗', '帕提古丽', '古丽娜尔', '再娜普']
const UYGHUR_FATHER = ['热合曼', '卡德尔', '尼亚孜', '司马义', '库尔班', '玉素甫']
const UYGHUR = '05'

/** A person's name; with a middle dot (·, U+00B7) where the ethnic group (GB/T 3304) writes names so. */
export function personName(draw: Draw, sex: Sex, ethnicity = '01'): string {
  if (ethnicity === UYGHUR) return `${draw.pick(sex === '1' ? UYGHUR_MALE : UYGHUR_FEMALE)}·${draw.pick(UYGHUR_FATHER)}`
  const given = sex === '1' ? MALE : FEMALE
  const first = draw.pick(SURNAMES) + draw.pick(given)
  const kind = draw.below(1000)
  if (kind < 250) return first
  return first + (kind === 999 ? draw.pick(RARE) : draw.pick(given))
}

const LUCKY = [...'恒泰瑞丰宏盛鑫隆嘉禾锦源汇通达信诚德润华安康祥瑞金玉凯旋远景博雅智联众和顺昌兴旺正大鼎立海润天成佳美优尚']
const REGIONS = weighted([
  [CITY.name, 5],
  ['山东', 2],
])

/** The name of an enterprise: place, trade name, line of business, form. `county` is the name of its county. */
export function enterpriseName(draw: Draw, county: string, trade: string, form: string): string {
  const place = draw.below(10) < 4 ? county : draw.pick(REGIONS)
  return place + tradeName(draw) + trade + form
}

/** The name of a sole trader's shop, as it stands over the door. */
export function shopName(draw: Draw, county: string, shop: string): string {
  return county + tradeName(draw) + shop
}

function tradeName(draw: Draw): string {
  const pair = draw.pick(LUCKY) + draw.pick(LUCKY)
  return draw.below(5) === 0 ? pair + draw.pick(LUCKY) : pair
}

/** A mobile number with a prefix that no carrier has been given. */
export function mobileNumber(draw: Draw): string {
  return `164${String(draw.below(100_000_000)).padStart(8, '0')}`
}
