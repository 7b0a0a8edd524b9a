import type { Text } from '@zhenghe/server/kernel/texts.ts'
import type { MenuGroup } from '../screen.ts'

export const shellWords = {
  product: { zh: '政和', en: 'Zhenghe' },
  productLine: { zh: '政务信息系统整合共享平台', en: 'Integration and sharing of government information systems' },
  skip: { zh: '跳到正文', en: 'Skip to content' },
  menu: { zh: '菜单', en: 'Menu' },
  closeMenu: { zh: '关闭菜单', en: 'Close menu' },
  searchCatalogue: { zh: '搜索数据目录', en: 'Search the catalogue' },
  account: { zh: '我的账户', en: 'My account' },
  signOut: { zh: '退出登录', en: 'Sign out' },
  otherLanguage: { zh: 'English', en: '中文' },
  switchLanguage: { zh: '切换为英文', en: 'Switch to Chinese' },
  notFound: { zh: '没有这个页面', en: 'There is no such page' },
  notFoundNext: { zh: '地址可能有误，或页面已移走。', en: 'The address may be wrong, or the page has moved.' },
  toHome: { zh: '回到首页', en: 'Go to the home page' },
  broken: { zh: '页面出错', en: 'This page failed' },
  loading: { zh: '正在加载', en: 'Loading' },
} satisfies Record<string, Text>

export const menuGroups: Record<MenuGroup, Text> = {
  home: { zh: '总览', en: 'Overview' },
  data: { zh: '数据资源', en: 'Data' },
  exchange: { zh: '共享交换', en: 'Exchange' },
  interfaces: { zh: '接口服务', en: 'Interface services' },
  links: { zh: '节点与通道', en: 'Nodes and channels' },
  city: { zh: '组织与标准', en: 'Organisations and standards' },
  trust: { zh: '监督', en: 'Accountability' },
  platform: { zh: '平台', en: 'Platform' },
}
