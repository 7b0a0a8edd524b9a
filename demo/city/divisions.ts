/**
 * The divisions of Yunze (云泽市), a prefecture-level city that does not exist. GB/T 2260 gives the number 3799 to nobody, so no code,
 * resident number or credit code of the demonstration can be a real one. Towns have the nine digits of GB/T 10114: streets from 001,
 * towns from 100, townships from 200.
 */
import type { Division } from '@zhenghe/server/assurance/organizations/contract.ts'

/** Since when the divisions stand as they are. */
const VALIDITY = { validFrom: '2018-01-01', validTo: null } as const

export const CITY: Division = { code: '379900', name: '云泽市', level: 'city', parent: null, ...VALIDITY }

/** A division code that no table holds: what a mistyped one looks like. */
export const UNKNOWN_DIVISION = '379999'

type County = { code: string; name: string; streets: string; towns: string; townships: string }

const COUNTIES: readonly County[] = [
  { code: '379902', name: '泽城区', streets: '鼓楼 文昌 东关 泽湖 迎宾 北园 南营', towns: '柳庄 石桥', townships: '' },
  { code: '379903', name: '岚溪区', streets: '岚溪 望海 新港 金桥', towns: '涛源 沙河口 高埠 盐坊', townships: '' },
  { code: '379904', name: '云湖区', streets: '云湖 科苑 凤凰 滨湖 兴业', towns: '马家集 蒲苇 三教堂', townships: '' },
  { code: '379921', name: '鲁川县', streets: '城东 城西 川南', towns: '白楼 古城营 大槐树 龙湾 丁庄', townships: '黄草坡' },
  { code: '379922', name: '汶泉县', streets: '汶泉 汇河', towns: '太平店 黑虎泉 石门 双山 南辛 卧牛', townships: '杏花岭' },
  { code: '379923', name: '青峪县', streets: '青峪 桃园', towns: '松岭 玉皇庙 栗子沟 云台 红石崖 夏庄', townships: '九女峰 天桥沟' },
  { code: '379924', name: '平澜县', streets: '平澜 海棠', towns: '渔歌 大盐场 芦洲 孙家埠 双河 永丰', townships: '望鱼滩' },
  { code: '379981', name: '凤泽市', streets: '凤泽 梧桐 铁西 开元', towns: '煤峪 陶阳 官桥 皇亭 木石 羊庄 级索', townships: '' },
]

function townsOf(county: County): Division[] {
  const numbered = (names: string, from: number, suffix: string) =>
    names
      .split(' ')
      .filter(Boolean)
      .map(
        (name, index): Division => ({
          code: county.code + String(from + index).padStart(3, '0'),
          name: name + suffix,
          level: 'town',
          parent: county.code,
          ...VALIDITY,
        }),
      )
  return [...numbered(county.streets, 1, '街道'), ...numbered(county.towns, 100, '镇'), ...numbered(county.townships, 200, '乡')]
}

export const counties: readonly Division[] = COUNTIES.map(({ code, name }) => ({ code, name, level: 'county', parent: CITY.code, ...VALIDITY }))
export const towns: readonly Division[] = COUNTIES.flatMap(townsOf)
/** The city, its counties, then their towns: every parent before its children. */
export const divisions: readonly Division[] = [CITY, ...counties, ...towns]
