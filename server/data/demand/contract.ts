/**
 * Meeting of supply and demand (供需对接) and the three lists 需求清单、责任清单、负面清单.
 * Sources: 国办发〔2022〕14号 (needs, duties and negative lists), 国务院令第809号 arts 13–22; states after the longer city flow with analysis.
 */
import { z } from 'zod'
import type { Refusals, Rights, Todos } from '../../kernel/contract.ts'
import { draftEndpoints } from './draft.contract.ts'
import { listEndpoints } from './list.contract.ts'
import { needEndpoints } from './need.contract.ts'

export const refusals = {
  'demand.unknown': { status: 404, text: { zh: '没有找到这条记录，或您无权查看。', en: 'There is no such record, or it is not yours to see.' } },
  'demand.not_yours': { status: 403, text: { zh: '只能办理本单位或本级的事项。', en: 'You may only act for your own unit or division.' } },
  'demand.wrong_state': {
    status: 409,
    params: z.object({ state: z.string() }),
    text: { zh: '当前状态不允许这项操作，请刷新查看最新状态。', en: 'The present state does not allow this. Refresh to see it.' },
  },
  'demand.asked_already': {
    status: 409,
    constraint: 'need_open_once',
    text: { zh: '本单位已有同名的在办需求，请在原需求上办理。', en: 'Your unit already has an open need of this title. Go on with that one.' },
  },
  'demand.own_data': { status: 422, text: { zh: '提供单位不能是需求单位自己。', en: 'The provider cannot be the unit that asks.' } },
  'demand.unknown_unit': { status: 422, text: { zh: '没有这个单位，或单位已撤销。', en: 'There is no such unit, or it is closed.' } },
  'demand.item_twice': {
    status: 422,
    constraint: 'item_once',
    text: { zh: '同一提供单位的同一数据项只能列一次。', en: 'An item of one provider is named once.' },
  },
  'demand.entry_not_theirs': {
    status: 422,
    text: { zh: '所选目录须已发布、可共享，并由该提供单位提供。', en: 'The entry must be published, shared, and of that provider.' },
  },
  'demand.bad_due': { status: 422, text: { zh: '承诺日期须在今天之后、一年之内。', en: 'The promised day must lie after today and within a year.' } },
  'demand.bad_review': { status: 422, text: { zh: '复审日期须在今天之后、一年之内。', en: 'The review must lie after today and within a year.' } },
  'demand.needs_reason': { status: 422, text: { zh: '请写明理由（不少于 4 字）。', en: 'Give the reason (4 characters or more).' } },
  'demand.negative_twice': {
    status: 409,
    constraint: 'negative_once',
    text: { zh: '该事项已在负面清单中或正在审批。', en: 'This item is on the negative list already, or waits for a decision.' },
  },
  'demand.in_catalogue': {
    status: 409,
    text: {
      zh: '该目录已标为不予共享，自动列入负面清单，无需另行申报。',
      en: 'The entry is not shared as the catalogue says, so it is on the negative list already.',
    },
  },
  'demand.unchanged': {
    status: 409,
    text: { zh: '清单与上一期完全相同，无需发布。', en: 'The list is the same as its last edition; there is nothing to publish.' },
  },
  'demand.publishing': {
    status: 409,
    constraint: 'edition_number_once',
    text: { zh: '他人正在发布这份清单，请稍后查看。', en: 'Somebody else is publishing this list. Look again later.' },
  },
} satisfies Refusals

export const rights = {
  'demand.ask': { side: 'business', text: { zh: '提出数据需求', en: 'State needs for data' } },
  'demand.supply': { side: 'business', text: { zh: '确认供给责任、申报负面清单', en: 'Answer for supplying, propose for the negative list' } },
  'demand.analyse': {
    side: 'business',
    text: { zh: '分析需求、审批负面清单、发布三张清单', en: 'Analyse needs, decide on the negative list, publish the lists' },
  },
} satisfies Rights

const toNeed = '/demand/{subject}'
export const todos = {
  'demand.receive': { text: { zh: '签收数据需求：{title}（{asker}）', en: 'Take up a need: {title} ({asker})' }, link: toNeed },
  'demand.conclude': { text: { zh: '分析数据需求：{title}（{asker}）', en: 'Analyse a need: {title} ({asker})' }, link: toNeed },
  'demand.again': { text: { zh: '补充数据需求：{title}', en: 'Supplement your need: {title}' }, link: toNeed },
  'demand.accept': { text: { zh: '确认需求分析结论：{title}', en: 'Confirm the analysis of your need: {title}' }, link: toNeed },
  'demand.answer': { text: { zh: '确认数据供给责任：{item}（{asker}）', en: 'Answer for supplying: {item} ({asker})' }, link: toNeed },
  'demand.request': { text: { zh: '可以申请共享了：{item}', en: 'You can ask for it now: {item}' }, link: toNeed },
  'demand.feedback': { text: { zh: '请评价需求办理结果：{title}', en: 'Judge how your need was met: {title}' }, link: toNeed },
  'demand.overdue': { text: { zh: '承诺的数据已逾期：{item}（{asker}）', en: 'What was promised is overdue: {item} ({asker})' }, link: toNeed },
  'demand.negative': { text: { zh: '审批负面清单：{item}（{unit}）', en: 'Decide on the negative list: {item} ({unit})' }, link: '/demand/negative/{subject}' },
  'demand.review': { text: { zh: '复审负面清单：{item}（{unit}）', en: 'Review the negative list: {item} ({unit})' }, link: '/demand/negative/{subject}' },
} satisfies Todos

export const contract = { ...needEndpoints, ...draftEndpoints, ...listEndpoints }
