import { department, free, onCondition, openToAll, sheet } from './entry.ts'

export const science = department('science', [
  {
    name: '高新技术企业名单',
    class: '10600304',
    abstract: '有效期内高新技术企业的证书编号、技术领域和发证日期',
    items: '证书编号 certificate_no C20*, 统一社会信用代码 uscc C18, 企业名称 name C200, 技术领域 field C60, 发证日期 issued_on D, 有效期至 valid_to D',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['高新技术企业', '科技'],
    format: sheet,
  },
  {
    name: '科技计划项目信息',
    class: '02',
    abstract: '市级科技计划项目的承担单位、经费和验收结论',
    items: '项目编号 project_no C32*, 项目名称 name C200, 承担单位代码 uscc C18, 财政经费 grant_amount Y14, 起始日期 from_day D, 验收结论 result C1',
    share: free,
    open: openToAll,
    cycle: 'half_yearly',
    tags: ['科技项目', '经费'],
  },
  {
    name: '科技创新平台信息',
    class: '01',
    abstract: '重点实验室、技术创新中心等创新平台的依托单位和级别',
    items: '平台编号 platform_no C32*, 平台名称 name C200, 依托单位代码 uscc C18, 平台类别 kind C2, 级别 level C1, 批准日期 approved_on D',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['创新平台', '科技'],
    format: sheet,
  },
  {
    name: '外国人来华工作许可信息',
    class: '10100502',
    abstract: '外国人来华工作许可的申请单位、岗位类别和有效期',
    items:
      '许可证号 permit_no C20*, 护照号码 passport_no C20!, 姓名 name C100!, 国籍 nationality C3, 聘用单位代码 uscc C18, 人才类别 kind C1, 有效期至 valid_to D',
    share: onCondition('居留许可、社会保险、个人所得税征管', '行政依据', '业务协同'),
    cycle: 'weekly',
    tags: ['外国人', '工作许可'],
  },
])
