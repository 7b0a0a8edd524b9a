/** Words that many screens share. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

export const common = {
  search: { zh: '搜索', en: 'Search' },
  save: { zh: '保存', en: 'Save' },
  cancel: { zh: '取消', en: 'Cancel' },
  confirm: { zh: '确认', en: 'Confirm' },
  close: { zh: '关闭', en: 'Close' },
  back: { zh: '返回', en: 'Back' },
  more: { zh: '查看全部', en: 'See all' },
  all: { zh: '全部', en: 'All' },
  name: { zh: '名称', en: 'Name' },
  state: { zh: '状态', en: 'State' },
  unit: { zh: '单位', en: 'Unit' },
  division: { zh: '行政区划', en: 'Division' },
  person: { zh: '人员', en: 'Person' },
  time: { zh: '时间', en: 'Time' },
  required: { zh: '请填写{field}', en: 'Fill in {field}' },
  choose: { zh: '请选择{field}', en: 'Choose {field}' },
  clearFilters: { zh: '清除筛选', en: 'Clear filters' },
  nothingFound: { zh: '没有符合条件的记录', en: 'Nothing matches' },
  nothingFoundNext: { zh: '换个词试试，或清除部分筛选条件。', en: 'Try other words, or remove some filters.' },
  yes: { zh: '是', en: 'Yes' },
  no: { zh: '否', en: 'No' },
} satisfies Record<string, Text>
