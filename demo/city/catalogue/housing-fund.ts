import { department, free, onCondition, openToAll, service, sheet } from './entry.ts'

export const housingFund = department('housing_fund', [
  {
    name: '住房公积金缴存信息',
    class: '20300401',
    abstract: '缴存职工的单位、缴存基数、月缴存额和账户状态',
    items:
      '个人账号 account_no C20*, 身份号码 id_number C18!, 姓名 name C60!, 缴存单位代码 uscc C18, 缴存基数 base Y12!, 月缴存额 monthly_amount Y12, 缴至年月 paid_to C6, 账户状态 state C1',
    share: onCondition('救助核对、购房资格核验、人才认定', '行政依据', '数据校核'),
    cycle: 'daily',
    tags: ['公积金', '缴存'],
    format: service,
    grade: 'important',
  },
  {
    name: '住房公积金贷款信息',
    class: '20300402',
    abstract: '住房公积金个人贷款的房屋、金额、期限和还款状态',
    items:
      '借款合同编号 loan_no C32*, 借款人身份号码 id_number C18!, 房屋坐落 location C200!, 贷款金额 amount Y14!, 贷款期限 months I4, 发放日期 granted_on D, 状态 state C1',
    share: onCondition('不动产抵押登记、购房资格核验', '行政依据', '业务协同'),
    cycle: 'daily',
    tags: ['公积金', '贷款'],
    related: ['不动产登记信息'],
  },
  {
    name: '公积金缴存单位信息',
    class: '10200401',
    abstract: '公积金缴存单位的登记、缴存比例和缴存人数',
    items: '单位账号 unit_no C20*, 统一社会信用代码 uscc C18, 单位名称 name C200, 缴存比例 rate N5, 缴存人数 members I8, 开户日期 opened_on D',
    share: free,
    cycle: 'monthly',
    tags: ['公积金', '单位'],
    related: ['企业登记信息'],
  },
  {
    name: '住房公积金年度报告数据',
    class: '04',
    abstract: '年度缴存、提取、贷款和增值收益汇总数据',
    items: '年度 year C4*, 指标代码 indicator_code C10*, 指标名称 indicator C60, 数值 value N16, 计量单位 unit C10',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['公积金', '年报'],
    format: sheet,
  },
])
