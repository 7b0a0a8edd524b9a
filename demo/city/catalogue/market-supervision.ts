import { legalEntityTable } from '../registers/legal-entities.ts'
import { soleTraderTable } from '../registers/sole-traders.ts'
import { department, free, onCondition, openToAll, service, sheet, withheld } from './entry.ts'

export const marketSupervision = department('market_supervision', [
  {
    name: '企业登记信息',
    class: '10200101',
    abstract: '全市企业、农民专业合作社设立、变更、注销登记的当前状态，含住所、注册资本、行业、期限、经营范围和法定代表人信息',
    items: { database: 'market_supervision', table: legalEntityTable },
    share: onCondition('履行税收征管、社会保险、行业监管等法定职责', '行政依据', '数据校核', '业务协同'),
    cycle: 'daily',
    tags: ['企业', '法人', '登记', '营业执照', '注册资本'],
    related: ['企业变更信息', '个体工商户登记信息', '税务登记信息'],
    grade: 'important',
  },
  {
    name: '企业登记公示信息',
    class: '10200104',
    abstract: '依法向社会公示的企业登记事项，不含证件号码和联系方式',
    items:
      '统一社会信用代码 uscc C18*, 企业名称 name C200, 登记状态 status C2, 企业类型 entity_type C4, 成立日期 established_on D, 登记机关 registered_by C100, 行业代码 industry_code C5, 住所 address C200',
    share: free,
    open: openToAll,
    cycle: 'daily',
    tags: ['企业', '公示', '登记'],
    format: service,
    related: ['企业登记信息'],
  },
  {
    name: '个体工商户登记信息',
    class: '10200201',
    abstract: '全市个体工商户登记的当前状态，含字号、经营者、经营场所、行业和从业人数',
    items: { database: 'market_supervision', table: soleTraderTable },
    share: onCondition('履行税收征管、社会保险、就业扶持等法定职责', '行政依据', '数据校核'),
    cycle: 'daily',
    tags: ['个体工商户', '登记', '营业执照'],
    related: ['企业登记信息'],
  },
  {
    name: '企业变更信息',
    class: '10200102',
    abstract: '企业名称、住所、法定代表人、注册资本等登记事项的每次变更，含变更前后内容和核准日期',
    items:
      '变更编号 change_id C32*, 统一社会信用代码 uscc C18, 变更事项代码 item_code C4, 变更前内容 before_text M2000, 变更后内容 after_text M2000, 核准日期 approved_on D',
    share: free,
    cycle: 'daily',
    tags: ['企业', '变更', '登记'],
    related: ['企业登记信息'],
  },
  {
    name: '企业股东及出资信息',
    class: '10200101',
    abstract: '有限责任公司和股份有限公司发起人的认缴、实缴出资额、出资方式和出资日期',
    items:
      '统一社会信用代码 uscc C18*, 股东序号 seq I4*, 股东名称 shareholder C200, 证件号码 holder_id C18!, 认缴出资额 subscribed Y18, 实缴出资额 paid Y18, 出资方式 form C2, 出资日期 paid_on D',
    share: onCondition('税收征管、反洗钱协查、国有资产监管', '行政依据', '数据校核'),
    cycle: 'daily',
    tags: ['企业', '股东', '出资'],
    related: ['企业登记信息'],
  },
  {
    name: '经营异常名录信息',
    class: '10400301',
    abstract: '因未按期公示年报、登记住所无法联系等列入经营异常名录的市场主体及移出情况',
    items:
      '统一社会信用代码 uscc C18*, 市场主体名称 name C200, 列入原因 reason C200, 列入日期 listed_on D*, 移出原因 removed_reason C200, 移出日期 removed_on D, 作出机关 organ C100',
    share: free,
    open: openToAll,
    cycle: 'daily',
    tags: ['信用', '经营异常', '企业'],
  },
  {
    name: '食品经营许可信息',
    class: '20400102',
    abstract: '食品经营许可证的核发、变更、延续和注销情况，含主体业态和经营项目',
    items:
      '许可证编号 licence_no C32*, 统一社会信用代码 uscc C18, 经营者名称 name C200, 主体业态 business_form C20, 经营项目 items C500, 经营场所 address C200, 发证日期 issued_on D, 有效期至 valid_to D',
    share: free,
    open: openToAll,
    cycle: 'daily',
    tags: ['食品', '许可', '双公示'],
  },
  {
    name: '药品经营企业信息',
    class: '20400201',
    abstract: '药品零售、批发企业许可情况及经营范围、企业负责人、质量负责人',
    items:
      '许可证编号 licence_no C32*, 统一社会信用代码 uscc C18, 企业名称 name C200, 经营方式 mode C20, 经营范围 scope C500, 质量负责人 quality_head C60!, 有效期至 valid_to D',
    share: onCondition('药品安全监管、医保定点管理', '行政依据', '工作参考'),
    cycle: 'weekly',
    tags: ['药品', '许可', '药店'],
  },
  {
    name: '特种设备使用登记信息',
    class: '20500201',
    abstract: '锅炉、压力容器、电梯、起重机械等特种设备的使用登记、检验日期和使用单位',
    items:
      '使用登记证编号 registration_no C32*, 设备种类 kind C20, 设备代码 device_code C32, 使用单位代码 uscc C18, 使用地点 place C200, 下次检验日期 next_inspection_on D, 使用状态 state C2',
    share: free,
    cycle: 'weekly',
    tags: ['特种设备', '电梯', '安全'],
  },
  {
    name: '双随机抽查结果信息',
    class: '03',
    abstract: '市场监管领域“双随机、一公开”抽查任务的检查对象、检查事项和结果',
    items: '任务编号 task_no C32*, 统一社会信用代码 uscc C18*, 抽查事项 item C100, 检查日期 inspected_on D, 检查结果 result C2, 检查机关 organ C100',
    share: free,
    open: openToAll,
    cycle: 'monthly',
    tags: ['监管', '双随机', '抽查'],
    format: sheet,
  },
  {
    name: '投诉举报人信息',
    class: '03',
    abstract: '12315 平台登记的举报人身份和联系方式，仅供承办人员核实举报使用',
    items: '举报编号 report_no C32*, 举报人姓名 name C60!, 联系电话 phone C20!, 举报时间 reported_at T',
    share: withheld('依据《中华人民共和国反不正当竞争法》和《中华人民共和国食品安全法》关于为举报人保密的规定'),
    cycle: 'daily',
    tags: ['举报', '12315'],
  },
])
