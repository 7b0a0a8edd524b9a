import { department, documents, free, onCondition, openToAll, service, sheet } from './entry.ts'

export const governmentOffice = department('government_office', [
  {
    name: '政府信息公开目录',
    class: '20100104',
    abstract: '市政府及部门主动公开的政府信息目录和正文链接',
    items:
      '索引号 index_no C32*, 标题 title C200, 发布机构 publisher C100, 主题分类 topic C60, 成文日期 written_on D, 公开日期 published_on D, 正文地址 url C300',
    share: free,
    open: openToAll,
    cycle: 'daily',
    tags: ['政府信息公开', '目录'],
    format: service,
  },
  {
    name: '市政府文件',
    class: '01',
    abstract: '以市政府、市政府办公室名义印发的公开文件',
    items: '文号 document_no C60*, 标题 title C200, 成文日期 written_on D, 有效性 state C1, 文件名称 file_name C200',
    share: free,
    open: openToAll,
    cycle: 'weekly',
    tags: ['文件', '政策'],
    format: documents,
    related: ['行政规范性文件库'],
  },
  {
    name: '12345热线诉求工单信息',
    class: '20100102',
    abstract: '12345 政务服务便民热线诉求的分类、承办和办理结果',
    items:
      '工单编号 ticket_no C32*, 诉求类型 kind C2, 诉求分类代码 topic_code C10, 诉求内容 content M4000!, 来电号码 phone C20!, 承办单位代码 uscc C18, 办结时间 closed_at T, 满意度 grade C1',
    share: onCondition('承办诉求、行业治理分析', '工作参考', '业务协同'),
    cycle: 'realtime',
    tags: ['12345', '热线', '工单'],
  },
  {
    name: '督查事项办理信息',
    class: '02',
    abstract: '市政府重点督查事项的责任单位、期限和进展',
    items: '事项编号 item_no C32*, 事项名称 name C200, 责任单位代码 uscc C18, 办结期限 due_on D, 进展状态 state C1, 更新日期 updated_on D',
    share: onCondition('责任单位办理、绩效考核', '工作参考', '业务协同'),
    cycle: 'weekly',
    tags: ['督查', '督办'],
  },
  {
    name: '建议提案办理结果',
    class: '04',
    abstract: '人大代表建议、政协提案的承办单位和办理结果',
    items: '编号 proposal_no C32*, 届次 session C20, 标题 title C200, 承办单位代码 uscc C18, 办理结果 result C1, 答复日期 answered_on D',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['建议', '提案'],
    format: sheet,
  },
])
