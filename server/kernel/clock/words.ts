import type { Step } from '../calendar/explain.ts'
import type { Text } from '../texts.ts'

const unitZh = { workday: '个工作日', day: '天' } as const
const unitEn = { workday: 'working days', day: 'days' } as const

/** One step of «why this date», in a sentence. */
export function sayStep(step: Step): Text {
  switch (step.kind) {
    case 'accepted':
      return { zh: `${step.date} 收到，当日不计`, en: `Received on ${step.date}; that day does not count` }
    case 'budget':
      return { zh: `期限 ${step.days} ${unitZh[step.unit]}（${step.basis}）`, en: `${step.days} ${unitEn[step.unit]} are allowed (${step.basis})` }
    case 'extended':
      return { zh: `经同意延长 ${step.days} ${unitZh[step.unit]}`, en: `Extended by ${step.days} ${unitEn[step.unit]}` }
    case 'suspended':
      return { zh: `${step.from} 至 ${step.to ?? '今'} 暂停计时：${step.reason}`, en: `Stopped from ${step.from} to ${step.to ?? 'now'}: ${step.reason}` }
    case 'holiday':
      return {
        zh: step.from === step.to ? `${step.from} 放假（${step.name}）` : `${step.from} 至 ${step.to} 放假（${step.name}）`,
        en: `Holiday ${step.from} to ${step.to} (${step.name})`,
      }
    case 'makeup':
      return { zh: `${step.date} 调休上班`, en: `${step.date} is a make-up working day` }
    case 'weekends':
      return { zh: `周末 ${step.days} 天不计`, en: `${step.days} weekend days do not count` }
    case 'rolled':
      return { zh: `${step.from} 为休息日，顺延至 ${step.to}`, en: `${step.from} is off, so it moves to ${step.to}` }
    case 'uncertain':
      return { zh: `${step.year} 年放假安排尚未公布，暂按周末计算`, en: `The holidays of ${step.year} are not announced yet; only weekends are left out` }
    case 'due':
      return step.date ? { zh: `应于 ${step.date} 前办结`, en: `Due by ${step.date}` } : { zh: '计时暂停中', en: 'The clock stands still' }
  }
}
