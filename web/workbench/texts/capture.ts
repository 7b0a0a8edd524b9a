/** Words of change capture: how it stands, what stops it, and what people decide then. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

export const captureWords = {
  title: { zh: '捕获状态', en: 'Capture' },
  lag: { zh: '延迟', en: 'Behind by' },
  upToDate: { zh: '不足 1 秒', en: 'under a second' },
  lagBytes: { zh: '待同步日志', en: 'Log to come' },
  changes: { zh: '本期变更', en: 'Changes read' },
  applied: { zh: '已应用行', en: 'Rows applied' },
  lastChange: { zh: '最近一次变更', en: 'Last change' },
  position: { zh: '日志位置', en: 'Position in the log' },
  kept: { zh: '源库为此保留的日志', en: 'Log that the source keeps for this' },
  budgetAlarm: { zh: '源库保留的日志已达预算的 {percent}%', en: 'The source keeps {percent}% of the log it may keep' },
  budgetWhat: {
    zh: '接收方跟不上或已断开。超出预算后会按节点配置放弃捕获位置，以免占满源库磁盘，届时需重新全量装载。请检查接收方节点和数据库。',
    en: 'The receiver cannot keep up or is away. Beyond the budget the place in the log is given up, so that the source keeps its disk, and a new load is needed. Look after the receiving node and its database.',
  },
  accept: { zh: '接受新的表结构并继续', en: 'Accept the new columns and go on' },
  acceptWhat: {
    zh: '授权字段的类型已在源库改变。接受后从变更处接着捕获，不丢不重；如不接受，请停止后重新挂接并授权。',
    en: 'Granted columns have another type at the source now. Accepted, the capture goes on right behind the change; otherwise stop it, bind the table again and grant anew.',
  },
  schemaForConsumer: { zh: '源表结构已变化，等待提供单位确认。', en: 'The source table has changed; its provider has to decide.' },
  reload: { zh: '重新全量装载', en: 'Load the whole table anew' },
  reloadWhat: {
    zh: '捕获位置已失效，期间的变更只能通过重新装载整张表补回，之后继续捕获。代价：{cost}',
    en: 'The place in the log is lost. What changed since can only come with the whole table again; the capture goes on behind it. Its cost: {cost}',
  },
  pause: { zh: '暂停捕获', en: 'Pause the capture' },
  pauseWhat: {
    zh: '暂停期间目标表停在当前位置，源库继续为它保留日志；超出节点设定的日志预算时会放弃捕获位置，届时需重新全量装载。继续后从停下处接着捕获，不丢不重。',
    en: 'The table stands where it is, and the source keeps its log for it. Beyond the budget of the node the place in the log is given up and a new load is needed. Resumed, it goes on from where it stood; nothing is lost or doubled.',
  },
  goOn: { zh: '继续捕获', en: 'Go on' },
  paused: {
    zh: '已由人工暂停。源库仍在为它保留日志，请在日志预算用尽前继续；保留量见运行监控。',
    en: 'Paused by a person. The source still keeps its log for it: let it go on before the budget is used up. The monitor shows how much is kept.',
  },
  stop: { zh: '停止捕获', en: 'Stop the capture' },
  stopWhat: {
    zh: '停止后不再接收变更，目标表保持当前内容；源库的复制槽和发布会一并清除。订阅继续有效。',
    en: 'No more changes come; the table keeps what it holds. The slot and publication at the source are removed, and the subscription stays.',
  },
  resumable: { zh: '会自动从目标库已提交的位置继续，不丢不重。', en: 'It goes on by itself from where the target stands; nothing is lost or doubled.' },
  stopped: { zh: '已暂停，位置保留。请按提示处理后选择下一步。', en: 'It stands still and keeps its place. Do what is said, then choose how to go on.' },
  periods: { zh: '分期对账', en: 'Signed periods' },
  noPeriods: {
    zh: '首次装载完成后，每 15 分钟或每 100 万条变更由双方签名对账一次。',
    en: 'After the first load both sides sign every 15 minutes or million changes.',
  },
  load: { zh: '首次装载', en: 'First load' },
  periodHead: { zh: '期次', en: 'Period' },
  period: { zh: '第 {n} 期', en: 'Period {n}' },
  until: { zh: '截至', en: 'Until' },
  sum: { zh: '读取 = 不在范围 + 未通过校验 + 发送', en: 'read = filtered + rejected + sent' },
  received: { zh: '接收 = 应用', en: 'received = applied' },
  verdict: { zh: '结论', en: 'Verdict' },
  agrees: { zh: '一致', en: 'agrees' },
  differs: { zh: '不一致', en: 'differs' },
  oneSided: { zh: '等待另一方凭证', en: 'other side to come' },
  more: { zh: '更早的', en: 'Earlier ones' },
} satisfies Record<string, Text>
