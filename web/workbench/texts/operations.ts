import type { Text } from '@zhenghe/server/kernel/texts.ts'

export const operationsWords = {
  operations: { zh: '运行维护', en: 'Operations' },
  health: { zh: '运行状态', en: 'Health' },
  ready: { zh: '正常提供服务', en: 'Serving' },
  notReady: { zh: '暂时不能服务', en: 'Not ready' },
  reason: { zh: '原因：{reason}', en: 'Because: {reason}' },
  deadLetters: { zh: '积压任务', en: 'Dead letters' },
  deadLettersLead: {
    zh: '多次重试仍失败的后台任务。排除原因后可以重试，不会重复生效。',
    en: 'Background work that failed for good. Once the cause is mended it can be tried again; nothing takes effect twice.',
  },
  task: { zh: '任务', en: 'Task' },
  reader: { zh: '处理环节', en: 'Reader' },
  event: { zh: '事件', en: 'Event' },
  attempts: { zh: '已试次数', en: 'Attempts' },
  error: { zh: '失败原因', en: 'Error' },
  since: { zh: '起始时间', en: 'Since' },
  select: { zh: '选择', en: 'Select' },
  replay: { zh: '重试所选（{count}）', en: 'Try again ({count})' },
  replayed: { zh: '已重新排队 {replayed} 个任务', en: '{replayed} put back in the queue' },
  none: { zh: '没有积压任务', en: 'No dead letters' },
  noneNext: { zh: '后台任务都已正常完成。', en: 'All background work is done.' },
} satisfies Record<string, Text>
