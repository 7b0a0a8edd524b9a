/** Catalogue entries for measuring a search: made from a seed, so that every run and every engine sees the same. */

export type Entry = {
  id: string
  title: string
  tags: string[]
  items: string[]
  abstract: string
  unit: string
  region: string
  format: string
  sharing: string
  changed: number
}

const UNITS = 60
const REGIONS = 340
const FORMATS = 8
const WORDS = 30_000
const words = (text: string): string[] => text.split(' ')
const PLACES = words(
  '北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 陕西 甘肃',
)
const LEVELS = ['省', '市', '区', '县', '']
const SUBJECTS = words(
  '企业 法人 登记 信息 行政 许可 处罚 社会 保障 参保 人员 不动产 权属 证书 婚姻 出生 医学 证明 学历 学位 车辆 驾驶证 税务 纳税 信用 评价 投资 项目 审批 公积金 缴存 医疗 机构 执业 医师 药品 经营 ' +
    '食品 生产 环境 监测 排污 水质 气象 预警 道路 运输 从业 资格 住房 租赁 备案 建筑 施工 安全 消防 验收 地名 地址 人口 户籍 居住证 低保 救助 残疾人 养老 教育 学校 教师 招生 农业 农村 土地 承包 林权 ' +
    '统计 年报 财政 预算 政府 采购 合同 公共 资源 交易 知识 产权 专利 商标 质量 检验 标准 计量',
)
const ENDINGS = words('信息 数据 目录 名录 清单 统计表 基本信息 登记信息 明细 公示信息')
const ITEMS = words('姓名 证件号码 统一社会信用代码 联系电话 登记机关 成立日期 有效期止 法定代表人 注册资本 行政区划 更新时间 状态 类别 地址 批准文号 备注')

export type Random = { below(n: number): number; pick<T>(of: readonly T[]): T; skewed(n: number): number }

/** A generator of the mulberry32 kind: same seed, same numbers. */
export function randomOf(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return { below, pick: (of) => of[below(of.length)]!, skewed: (n) => Math.floor((below(n) * below(n)) / n) }
}

/** Words of 2 to 4 common characters (GB 2312, first level), the first ones most frequent by far, as words of a language are. */
export class Vocabulary {
  readonly words: readonly string[]
  private readonly sums: Float64Array

  constructor(seed: number) {
    const random = randomOf(seed)
    const characters = commonCharacters()
    this.words = Array.from({ length: WORDS }, () =>
      Array.from({ length: random.pick([2, 2, 2, 3, 4]) }, () => characters[random.skewed(characters.length)]!).join(''),
    )
    this.sums = new Float64Array(WORDS)
    for (let rank = 0, sum = 0; rank < WORDS; rank += 1) {
      sum += 1 / (rank + 20) ** 0.75
      this.sums[rank] = sum
    }
  }

  word(random: Random): string {
    const wanted = (random.below(2 ** 31) / 2 ** 31) * this.sums[WORDS - 1]!
    let [low, high] = [0, WORDS - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return this.words[low]!
  }
}

export function* corpus(count: number, vocabulary: Vocabulary): Generator<Entry> {
  const random = randomOf(1)
  const subject = () => random.pick(SUBJECTS)
  for (let at = 0; at < count; at += 1) {
    const between = random.below(2) ? vocabulary.word(random) : ''
    let abstract = ''
    for (let left = 10 + random.below(14); left > 0; left -= 1)
      abstract += (random.below(3) ? vocabulary.word(random) : subject()) + (left % 6 === 5 ? '，' : '')
    yield {
      id: `3${String(random.below(100)).padStart(2, '0')}${String(random.below(1000)).padStart(3, '0')}/${String(at).padStart(7, '0')}`,
      title: random.pick(PLACES) + random.pick(LEVELS) + subject() + subject() + between + random.pick(ENDINGS),
      tags: [subject(), vocabulary.word(random)],
      items: Array.from({ length: 3 }, () => random.pick(ITEMS)),
      abstract: `${abstract}。`,
      unit: `u${random.skewed(UNITS)}`,
      region: `r${random.skewed(REGIONS)}`,
      format: `f${random.below(FORMATS)}`,
      sharing: `s${random.below(3)}`,
      changed: 1_700_000_000_000 + random.below(10 ** 10),
    }
  }
}

/** Queries by kind. `words` is the mix the targets are for: frequent subjects, words as often as they occur, pairs of subjects in one. */
export function queries(vocabulary: Vocabulary): Record<'words' | 'two terms' | 'one character' | 'a number', string[]> {
  const random = randomOf(2)
  const subject = () => random.pick(SUBJECTS)
  const times = (n: number, make: () => string) => Array.from({ length: n }, make)
  return {
    words: [...times(25, subject), ...times(75, () => vocabulary.word(random)), ...times(20, () => subject() + subject())],
    'two terms': times(60, () => `${subject()} ${random.below(2) ? subject() : vocabulary.word(random)}`),
    'one character': times(40, () => subject().charAt(0)),
    'a number': times(40, () => `3${String(random.below(100)).padStart(2, '0')}${String(random.below(1000)).padStart(3, '0')}`.slice(0, 4 + random.below(3))),
  }
}

function commonCharacters(): string[] {
  const decoder = new TextDecoder('gbk')
  const rows = Array.from({ length: 0xd7 - 0xb0 + 1 }, (_, row) =>
    Array.from({ length: 94 }, (_, cell) => decoder.decode(Uint8Array.of(0xb0 + row, 0xa1 + cell))),
  )
  return rows.flat().slice(0, 3755)
}
