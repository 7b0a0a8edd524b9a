/**
 * Existing ways by which data reach a department (数据归集渠道), listed, confirmed every year, and moved onto the platform; closed only with evidence.
 * Sources: 国办发〔2022〕14号 (one way of sharing, self-built channels brought in), 国务院令第809号 arts 17–19 (no repeated collection).
 */
import { z } from 'zod'
import type { Refusals, Rights, Todos } from '../../kernel/contract.ts'
import { ChannelState, channelEndpoints } from './channel.contract.ts'
import { moveEndpoints } from './move.contract.ts'
import { SheetProblem } from './sheet.contract.ts'

export const refusals = {
  'channels.unknown': { status: 404, text: { zh: '没有找到该渠道，或您无权查看。', en: 'There is no such channel, or it is not yours to see.' } },
  'channels.not_yours': {
    status: 403,
    text: { zh: '只能办理本单位提供或使用的渠道。', en: 'You may only act on channels that your unit supplies or receives.' },
  },
  'channels.wrong_state': {
    status: 409,
    params: z.object({ state: ChannelState }),
    text: { zh: '渠道当前状态不允许这项操作，请刷新查看最新状态。', en: 'The channel is in a state that does not allow this. Refresh to see it.' },
  },
  'channels.already_listed': {
    status: 409,
    constraint: 'channel_once',
    text: {
      zh: '相同提供单位、内容和方式的渠道已登记，请直接修改原记录。',
      en: 'A channel of this provider, content and way is listed already. Change that one.',
    },
  },
  'channels.no_provider': {
    status: 422,
    text: { zh: '请选择提供单位；平台上没有的，请填写其名称。', en: 'Choose the provider, or name it where the platform has none.' },
  },
  'channels.no_content': { status: 422, text: { zh: '请填写数据内容或选择目录。', en: 'Say what is given, or choose a catalogue entry.' } },
  'channels.own_data': { status: 422, text: { zh: '提供单位不能是本单位。', en: 'The provider cannot be your own unit.' } },
  'channels.bad_since': { status: 422, text: { zh: '开始日期不能晚于今天。', en: 'A channel cannot begin after today.' } },
  'channels.no_agreement': {
    status: 409,
    text: {
      zh: '外部单位须有生效的合作协议才能登记渠道，请先由数据主管部门签订协议。',
      en: 'A channel with an organisation outside government needs an agreement in force. Have the data authority conclude one first.',
    },
  },
  'channels.bad_target': {
    status: 422,
    text: {
      zh: '替代目录须已发布、可共享，并由原提供单位提供（上级系统除外）。请另选目录，或先请提供单位编目。',
      en: 'The replacing entry must be published, shared, and of the channel’s provider where the platform knows it. Choose another, or have the provider compile one.',
    },
  },
  'channels.bad_due': {
    status: 422,
    params: z.object({ latest: z.string() }),
    text: { zh: '计划完成日须在今天之后、{latest} 之前（含当日）。', en: 'The planned day must lie after today and no later than {latest}.' },
  },
  'channels.no_evidence': {
    status: 409,
    params: z.object({ granted: z.boolean(), deliveries: z.int(), lastAt: z.string().nullable() }),
    text: {
      zh: '替代目录还没有可作证据的交换：需有生效授权，且最近一次交换已完成并对账一致。请先完成订阅和交换。',
      en: 'The replacement has not proven itself: it needs a grant in force and a recent delivery that balanced. Subscribe and deliver first.',
    },
  },
  'channels.bad_closing': {
    status: 422,
    text: { zh: '停用日期须在并行开始之后，且不晚于今天。', en: 'The day it was switched off must lie between the begin of the parallel run and today.' },
  },
  'channels.bad_until': {
    status: 422,
    text: { zh: '保留期限须在今天之后，且不超过三年。', en: 'A channel is kept until a day after today, within three years.' },
  },
  'channels.bad_sheet': {
    status: 422,
    text: {
      zh: '没有读到表头。请连同标题行一起粘贴，至少包含：提供单位、数据内容、方式、开始日期、频率、是否含个人信息、依据、联系人；一次不超过 500 行。',
      en: 'No heading was found. Paste the heading row too, with at least provider, content, way, since, how often, personal, basis and contact; 500 rows at most.',
    },
  },
  'channels.rows_wrong': {
    status: 422,
    params: z.object({ good: z.int(), problems: z.array(SheetProblem) }),
    text: {
      zh: '有些行填写有误，未导入任何一行。请按提示修改，或选择只导入正确的 {good} 行。',
      en: 'Some rows are wrong, so nothing was listed. Mend them, or choose to list the {good} good rows only.',
    },
  },
} satisfies Refusals

export const rights = {
  'channels.register': { side: 'business', text: { zh: '登记和迁移归集渠道', en: 'List channels and move them' } },
  'channels.supervise': { side: 'business', text: { zh: '确认、监督归集渠道，审批保留', en: 'Confirm and supervise channels, approve that they are kept' } },
} satisfies Rights

export const todos = {
  'channels.confirm': { text: { zh: '确认归集渠道：{content}（{consumer}）', en: 'Confirm a channel: {content} ({consumer})' }, link: '/channels/{subject}' },
  'channels.plan': { text: { zh: '制定渠道迁移计划：{content}', en: 'Plan the move of a channel: {content}' }, link: '/channels/{subject}' },
  'channels.reconfirm': { text: { zh: '年度确认归集渠道：{content}', en: 'Confirm a channel for the year: {content}' }, link: '/channels/{subject}' },
  'channels.retention': {
    text: { zh: '审批渠道保留申请：{content}（{consumer}）', en: 'Decide whether a channel is kept: {content} ({consumer})' },
    link: '/channels/{subject}',
  },
  'channels.retention_refused': {
    text: { zh: '渠道保留未获批准，请继续迁移：{content}', en: 'The channel may not be kept, go on with its move: {content}' },
    link: '/channels/{subject}',
  },
  'channels.retention_ended': {
    text: { zh: '渠道保留期已满，请制定迁移计划：{content}', en: 'The channel was kept until today, plan its move: {content}' },
    link: '/channels/{subject}',
  },
  'channels.late': { text: { zh: '渠道迁移已超过计划日期：{content}', en: 'The move of a channel is late: {content}' }, link: '/channels/{subject}' },
  'channels.reopened': {
    text: { zh: '替代交换中断，渠道已重新打开：{content}', en: 'The replacement stopped, the channel is open again: {content}' },
    link: '/channels/{subject}',
  },
} satisfies Todos

export const contract = { ...channelEndpoints, ...moveEndpoints }
