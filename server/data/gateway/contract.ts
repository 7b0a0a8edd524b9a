/**
 * Gateway (接口网关): interfaces registered or generated from the catalogue, applications and grants, keys, calls, statistics.
 * Sources: 国务院令第809号 arts 20–22 (basis, purpose, answer), GB/T 21062 (services of exchange), 国发〔2016〕51号.
 */
import { z } from 'zod'
import type { Refusals, Rights, Todos } from '../../kernel/contract.ts'
import { accessEndpoints } from './access.contract.ts'
import { apiEndpoints } from './api.contract.ts'
import { keyEndpoints } from './key.contract.ts'
import { usageEndpoints } from './usage.contract.ts'

export const refusals = {
  'gateway.unknown': { status: 404, text: { zh: '没有找到这条记录，或您无权查看。', en: 'There is no such record, or it is not yours to see.' } },
  'gateway.unknown_unit': { status: 404, text: { zh: '没有这个单位。', en: 'There is no such unit.' } },
  'gateway.not_yours': { status: 403, text: { zh: '只能办理本单位的事项。', en: 'You may only act for your own unit.' } },
  'gateway.wrong_state': {
    status: 409,
    params: z.object({ state: z.string() }),
    text: { zh: '当前状态不允许这项操作，请刷新查看最新状态。', en: 'The present state does not allow this. Refresh to see it.' },
  },
  'gateway.code_taken': {
    status: 409,
    constraint: 'api_code_once',
    text: { zh: '接口编码已被使用，请换一个。', en: 'This code is taken. Choose another.' },
  },
  'gateway.draft_taken': {
    status: 409,
    constraint: 'version_draft_once',
    text: { zh: '该接口已有一个草稿版本，请刷新后继续修改。', en: 'The interface has a draft already. Refresh and go on with it.' },
  },
  'gateway.upstream_taken': {
    status: 409,
    constraint: 'upstream_allowed_once',
    text: { zh: '该地址已在允许名单中。', en: 'This address is on the list already.' },
  },
  'gateway.upstream_unknown': {
    status: 422,
    text: {
      zh: '后端地址不在本单位的允许名单中，请联系系统管理员登记。',
      en: 'The address is not on your unit’s list. Ask the system administrator to allow it.',
    },
  },
  'gateway.bad_base_url': {
    status: 422,
    text: {
      zh: '后端地址只能写到路径为止，不能带账号、参数或井号，例如 https://api.example.gov.cn/v2。',
      en: 'A base address has no user, query or fragment: https://api.example.gov.cn/v2.',
    },
  },
  'gateway.bad_definition': {
    status: 422,
    params: z.object({ problems: z.array(z.object({ zh: z.string(), en: z.string() })) }),
    text: { zh: '接口定义有误：{problems}', en: 'The definition is not usable: {problems}' },
  },
  'gateway.not_bound': {
    status: 409,
    text: { zh: '该目录还没有挂接数据源，或挂接已变化，请先挂接。', en: 'No table is bound to the entry, or the binding has changed. Bind one first.' },
  },
  'gateway.not_shared': {
    status: 409,
    params: z.object({ basis: z.string() }),
    text: { zh: '该目录为不予共享，依据：{basis}。', en: 'This resource is not shared, by {basis}.' },
  },
  'gateway.own_api': { status: 409, text: { zh: '这是本单位自己的接口，无需申请。', en: 'This is your own unit’s interface; there is nothing to apply for.' } },
  'gateway.bad_term': {
    status: 422,
    text: {
      zh: '使用期限必须在今天之后，且不超过三年，也不超过申请的期限。',
      en: 'The term must end after today, within three years and within what was asked for.',
    },
  },
  'gateway.already_applied': {
    status: 409,
    constraint: 'access_open_once',
    text: { zh: '本单位对该接口版本已有在办申请，请勿重复提交。', en: 'Your unit already has an open application for this version.' },
  },
  'gateway.granted_meanwhile': {
    status: 409,
    constraint: 'access_in_force_once',
    text: { zh: '该单位对该接口版本已有有效授权，请刷新。', en: 'The unit already holds a grant for this version. Refresh.' },
  },
  'gateway.bad_terms': {
    status: 422,
    params: z.object({ problems: z.array(z.object({ zh: z.string(), en: z.string() })) }),
    text: { zh: '授权条件有误：{problems}', en: 'The terms are not usable: {problems}' },
  },
  'gateway.sensitive_unmasked': {
    status: 422,
    params: z.object({ fields: z.array(z.string()) }),
    text: {
      zh: '敏感字段 {fields} 未脱敏。确因履职需要明文提供的，请在授权说明中写明理由（不少于 10 字）。',
      en: 'Sensitive fields {fields} are not masked. If a duty needs them plain, give the reason in the note (10 characters or more).',
    },
  },
  'gateway.no_node': {
    status: 409,
    text: { zh: '数据所在的前置节点未启用，请先接入并确认。', en: 'The node beside the data is not active. Have it enrolled and confirmed first.' },
  },
  'gateway.no_signing_key': {
    status: 409,
    text: { zh: '您还没有签名密钥，请先在“我的账号”中生成。', en: 'You have no signing key yet. Make one under «My account».' },
  },
  'gateway.grant_changed': {
    status: 409,
    text: { zh: '授权内容在签名前已变化，请重新核对后签名。', en: 'The grant changed before it was signed. Check it and sign again.' },
  },
  'gateway.bad_signature': {
    status: 422,
    text: {
      zh: '授权签名未通过验证：请确认使用的是本人当前的签名密钥，然后重新签名。',
      en: 'The grant’s signature does not verify. Make sure it is your current signing key, and sign again.',
    },
  },
  'gateway.key_name_taken': {
    status: 409,
    constraint: 'consumer_key_name_once',
    text: { zh: '本单位已有同名密钥，请换一个名称或先吊销旧的。', en: 'Your unit has a key of this name. Choose another, or revoke the old one first.' },
  },
} satisfies Refusals

export const rights = {
  'gateway.allow_upstream': { side: 'system', text: { zh: '维护接口后端地址名单', en: 'Keep the list of addresses interfaces may lead to' } },
  'gateway.publish': { side: 'business', text: { zh: '登记、生成和发布接口', en: 'Register, generate and publish interfaces' } },
  'gateway.apply': { side: 'business', text: { zh: '申请调用接口', en: 'Apply to call interfaces' } },
  'gateway.answer': { side: 'business', text: { zh: '答复接口申请、授权与撤销', en: 'Answer applications for interfaces, grant and revoke' } },
  'gateway.keys': { side: 'business', text: { zh: '管理本单位调用密钥', en: 'Manage the unit’s keys for calls' } },
  'gateway.supervise': { side: 'business', text: { zh: '监督全部接口调用', en: 'Supervise all interfaces and calls' } },
} satisfies Rights

export const todos = {
  'gateway.answer': {
    text: { zh: '答复接口申请：{api}（{consumer}）', en: 'Answer an application: {api} ({consumer})' },
    link: '/interfaces/accesses/{subject}',
  },
  'gateway.granted': { text: { zh: '接口申请已获授权：{api}', en: 'Application granted: {api}' }, link: '/interfaces/accesses/{subject}' },
  'gateway.refused': { text: { zh: '接口申请未获同意：{api}', en: 'Application refused: {api}' }, link: '/interfaces/accesses/{subject}' },
  'gateway.revoked': { text: { zh: '接口授权已撤销：{api}', en: 'Grant revoked: {api}' }, link: '/interfaces/accesses/{subject}' },
  'gateway.deprecated': {
    text: { zh: '接口版本将停用，请迁移：{api}', en: 'Version deprecated, please move on: {api}' },
    link: '/interfaces/accesses/{subject}',
  },
} satisfies Todos

export const contract = { ...apiEndpoints, ...accessEndpoints, ...keyEndpoints, ...usageEndpoints }
