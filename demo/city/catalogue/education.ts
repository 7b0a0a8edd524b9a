import { department, free, onCondition, openToAll, service, sheet } from './entry.ts'

export const education = department('education', [
  {
    name: '中小学学籍信息',
    class: '10100501',
    abstract: '义务教育和普通高中在校学生的学籍、就读学校和年级',
    items:
      '全国学籍号 student_no C20*, 公民身份号码 id_number C18!, 姓名 name C60!, 学校标识码 school_code C10, 年级 grade C2, 班级 class_name C20, 就读方式 mode C1, 学籍状态 state C1',
    share: onCondition('控辍保学、教育资助、未成年人保护、积分落户', '行政依据', '数据校核'),
    cycle: 'half_yearly',
    tags: ['学籍', '学生', '教育'],
    grade: 'important',
  },
  {
    name: '学校基本信息',
    class: '20100304',
    abstract: '幼儿园、中小学、中等职业学校的办学类型、规模和地址',
    items:
      '学校标识码 school_code C10*, 学校名称 name C200, 办学类型 kind C3, 举办者类型 sponsor_kind C3, 班级数 classes I6, 在校生数 students I8, 地址 address C200',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['学校', '教育'],
    format: sheet,
  },
  {
    name: '教师资格信息',
    class: '10100501',
    abstract: '教师资格证书的种类、任教学科和认定机构',
    items: '证书号码 certificate_no C20*, 身份号码 id_number C18!, 姓名 name C60, 资格种类 kind C2, 任教学科 subject C60, 认定日期 certified_on D',
    share: onCondition('人才认定、招聘和资质审核核验', '行政依据', '数据校核'),
    cycle: 'quarterly',
    tags: ['教师', '资格'],
    format: service,
  },
  {
    name: '家庭经济困难学生资助信息',
    class: '20300202',
    abstract: '各学段国家资助的受助学生、项目和金额',
    items: '学籍号 student_no C20*, 身份号码 id_number C18!, 资助项目 project C4*, 学年学期 term C6*, 资助金额 amount Y12',
    share: onCondition('社会救助、防返贫监测、资金审计', '数据校核', '业务协同'),
    cycle: 'half_yearly',
    tags: ['资助', '学生'],
    related: ['最低生活保障对象信息'],
  },
  {
    name: '义务教育学区范围信息',
    class: '20100304',
    abstract: '义务教育学校招生服务范围和对应小区、街路',
    items: '学校标识码 school_code C10*, 招生年度 year C4*, 服务范围 area_text M2000',
    share: free,
    open: openToAll,
    cycle: 'yearly',
    tags: ['学区', '入学'],
    format: sheet,
  },
  {
    name: '校外培训机构信息',
    class: '02',
    abstract: '取得办学许可的校外培训机构及预收费监管情况',
    items:
      '办学许可证号 licence_no C32*, 统一社会信用代码 uscc C18, 机构名称 name C200, 培训类别 kind C2, 办学地址 address C200, 是否纳入资金监管 supervised L',
    share: free,
    open: openToAll,
    cycle: 'monthly',
    tags: ['培训机构', '许可'],
  },
])
