/** A register of legal entities as departments have them: about 262 bytes a row, a text key, rows not in the order of the key. Seeded: always the same. */

import { copyIn } from '@zhenghe/exchange-node/pg/copy-in.ts'
import type pg from 'pg'

export const COLUMNS = [
  ['uscc', 'text'],
  ['name', 'text'],
  ['legal_rep', 'text'],
  ['rep_id', 'text'],
  ['address', 'text'],
  ['reg_capital', 'numeric'],
  ['currency', 'text'],
  ['est_date', 'date'],
  ['appr_date', 'date'],
  ['expire_date', 'date'],
  ['status', 'int2'],
  ['region', 'text'],
  ['ent_type', 'text'],
  ['updated_at', 'timestamptz'],
] as const

export const DDL = (table: string, key: boolean) =>
  `create table ${table} (${COLUMNS.map(([name, type]) => `${name} ${type}${name === 'uscc' || name === 'updated_at' ? ' not null' : ''}`).join(', ')}${key ? ', primary key (uscc)' : ''})`

const BATCH_BYTES = 1 << 20
const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const REGIONS = ['110105', '310115', '440106', '440305', '330106', '320106', '510107', '420111', '610113', '410105']
const CITIES = [
  '北京市朝阳区',
  '上海市浦东新区',
  '广州市天河区',
  '深圳市南山区',
  '杭州市西湖区',
  '南京市鼓楼区',
  '成都市武侯区',
  '武汉市洪山区',
  '西安市雁塔区',
  '郑州市金水区',
]
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗']
const GIVEN = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂芝建华文辉玉']
const WORDS = [...'华中东方盛达恒泰瑞丰金鼎宏远博创天成佳和正大新锐通联汇众安信德嘉鑫源隆昌']
const TRADES = ['科技', '信息技术', '贸易', '建筑工程', '医药', '物流', '餐饮管理', '文化传媒', '教育咨询', '环保', '新能源', '电子商务', '机械制造']
const KINDS = ['有限公司', '有限责任公司', '股份有限公司', '集团有限公司', '合伙企业（有限合伙）', '分公司']
const ROADS = ['中山', '人民', '解放', '建设', '科技', '创新', '长江', '黄河', '和平', '文化', '迎宾', '滨河']
const PARKS = ['软件园', '科技园', '产业园', '创业大厦', '国际中心', '商务广场', '工业园区', '金融中心']

/** Fills `table` with so many rows, every check character right. */
export async function fillRegister(client: pg.Client, table: string, rows: number): Promise<void> {
  const copy = await copyIn(client, `copy ${table} from stdin (format binary)`)
  const random = seeded(20_261_123)
  const writer = new TupleWriter()
  for (let row = 0; row < rows; row++) {
    writeRow(writer, row, random)
    if (writer.length >= BATCH_BYTES || row === rows - 1) await copy.write(writer.take())
  }
  await copy.end()
}

type Random = (below: number) => number

function writeRow(to: TupleWriter, row: number, random: Random): void {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const city = random(CITIES.length)
  const name = `${CITIES[city]!.slice(0, 2)}${pick(WORDS)}${pick(WORDS)}${random(2) ? pick(WORDS) : ''}${pick(TRADES)}${pick(KINDS)}`
  const road = `${pick(ROADS)}${random(2) ? '大道' : '路'}${1 + random(999)}号${pick(WORDS)}${pick(WORDS)}${pick(PARKS)}`
  to.begin(COLUMNS.length)
  to.text(uscc(row, random))
  to.text(name)
  to.text(pick(SURNAMES) + pick(GIVEN) + (random(4) ? pick(GIVEN) : ''))
  to.text(residentId(pick(REGIONS), random))
  to.text(`${CITIES[city]}${road}${1 + random(20)}号楼${1 + random(30)}层${101 + random(3000)}室`)
  to.hundredths(random(1_000_000_000))
  to.text('CNY')
  to.int32(-1825 + random(11_300))
  to.int32(7305 + random(2400))
  if (random(50) === 0) to.null()
  else to.int32(9700 + random(11_000))
  to.int16([1, 1, 1, 1, 2, 3, 4][random(7)]!)
  to.text(REGIONS[city]!)
  to.text(pick(['1100', '1130', '2100', '4530', '9600']))
  to.int64(820_454_400_000_000n + BigInt(random(0x7fffffff)) * 7000n)
}

/** The row's number scattered over nine characters, so that keys are unique and in no order. */
function uscc(row: number, random: Random): string {
  let scattered = (BigInt(row) * 2_654_435_761n + 12_345n) % 31n ** 6n
  let serial = ''
  for (let at = 0; at < 6; at++) {
    serial += USCC[Number(scattered % 31n)]
    scattered /= 31n
  }
  const first = `91${REGIONS[random(REGIONS.length)]}${serial}${Array.from({ length: 3 }, () => USCC[random(31)]).join('')}`
  let sum = 0
  for (let at = 0; at < 17; at++) sum += USCC.indexOf(first[at]!) * USCC_WEIGHTS[at]!
  return first + USCC[(31 - (sum % 31)) % 31]
}

function residentId(region: string, random: Random): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const first = `${region}${1950 + random(55)}${two(1 + random(12))}${two(1 + random(28))}${String(random(1000)).padStart(3, '0')}`
  let sum = 0
  for (let at = 0; at < 17; at++) sum += Number(first[at]) * ID_WEIGHTS[at]!
  return first + '10X98765432'[sum % 11]
}

/** mulberry32 */
function seeded(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** Binary COPY tuples, written one after another. */
class TupleWriter {
  #buffer = Buffer.alloc(2 * BATCH_BYTES)
  length = 0

  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.length)
    this.#buffer = Buffer.alloc(2 * BATCH_BYTES)
    this.length = 0
    return taken
  }
  begin(fields: number): void {
    this.length = this.#buffer.writeInt16BE(fields, this.length)
  }
  null(): void {
    this.length = this.#buffer.writeInt32BE(-1, this.length)
  }
  text(value: string): void {
    const bytes = this.#buffer.write(value, this.length + 4)
    this.#buffer.writeInt32BE(bytes, this.length)
    this.length += 4 + bytes
  }
  int16(value: number): void {
    this.length = this.#buffer.writeInt16BE(value, this.#buffer.writeInt32BE(2, this.length))
  }
  int32(value: number): void {
    this.length = this.#buffer.writeInt32BE(value, this.#buffer.writeInt32BE(4, this.length))
  }
  int64(value: bigint): void {
    this.length = this.#buffer.writeBigInt64BE(value, this.#buffer.writeInt32BE(8, this.length))
  }
  /** A numeric with two decimals. */
  hundredths(value: number): void {
    const whole = Math.floor(value / 100)
    const digits = [Math.floor(whole / 100_000_000), Math.floor(whole / 10_000) % 10_000, whole % 10_000, (value % 100) * 100]
    const words = [digits.length, 2, 0, 2, ...digits]
    this.length = this.#buffer.writeInt32BE(words.length * 2, this.length)
    for (const word of words) this.length = this.#buffer.writeInt16BE(word, this.length)
  }
}
