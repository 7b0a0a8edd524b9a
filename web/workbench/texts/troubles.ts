/** What stops a delivery, by the code its node tells: what is wrong and what to do, for officers. The node’s own words stand below as details. */
import type { Text } from '@zhenghe/server/kernel/texts.ts'

const DATABASE_BACK: Text = {
  zh: '与数据库的连接中断，数据库恢复后自动继续。',
  en: 'The connection to the database was lost. It goes on by itself when the database is back.',
}
const NOT_EXACT: Text = {
  zh: '两侧数据核对不上，已停止，目标表未改动。请联系平台运维人员。',
  en: 'The two sides do not agree, so it stopped and the table was left as it was. Tell the operators of the platform.',
}

export const troubleWords: Readonly<Record<string, Text>> = {
  database_unreachable: {
    zh: '节点连不上数据库，请检查数据库是否启动、地址和网络是否正确。',
    en: 'The node cannot reach its database. Check that it runs, its address and the network.',
  },
  database_gone: DATABASE_BACK,
  database_login: {
    zh: '数据库拒绝登录，请检查节点配置中的账号、密码和库名。',
    en: 'The database refuses the login. Check user, password and database name in the node’s configuration.',
  },
  database_busy: {
    zh: '数据库正忙（锁或连接数），稍后自动重试；持续出现请联系数据库管理员。',
    en: 'The database is busy (locks or connections). It is tried again; if it lasts, ask the database’s administrator.',
  },
  statement_timeout: {
    zh: '数据库执行超时，请错开高峰，或调高节点的语句超时。',
    en: 'A statement took too long. Choose quieter hours or raise the node’s statement timeout.',
  },
  database_too_old: { zh: '数据库版本过低，节点不支持，请升级数据库。', en: 'The database is too old for the node. Upgrade it.' },
  clock_differs: { zh: '节点时钟偏差过大，请校准节点服务器时间。', en: 'The node’s clock is off. Set the time of its machine.' },
  source_missing: {
    zh: '源表或字段不存在，可能已改名或删除，请提供单位重新挂接目录。',
    en: 'The source table or a column is gone or renamed. The provider has to bind the entry again.',
  },
  source_moved: { zh: '传输期间源库发生切换，从已到的分段继续。', en: 'The source database moved meanwhile. It goes on from what has arrived.' },
  source_hours: {
    zh: '现在不在来源系统允许读取的时段，到时自动继续，无需处理。',
    en: 'The source is not to be read at this hour. It goes on by itself when it may; nothing need be done.',
  },
  source_changed: {
    zh: '源表结构与授权时不同，请提供单位重新挂接并授权。',
    en: 'The source table is not what was granted. The provider has to bind it and grant anew.',
  },
  source_type: {
    zh: '源字段的类型不支持交换，请提供单位调整授权字段。',
    en: 'A source column has a type that cannot be delivered. The provider has to change the granted fields.',
  },
  source_rights: {
    zh: '节点账号没有读取源表的权限，请源库管理员授权（语句见技术细节）。',
    en: 'The node’s login may not read the source. Its administrator has to allow it; the statement stands in the details.',
  },
  source_value: { zh: '源数据中有无法传输的值，请提供单位修正后重试。', en: 'The source holds a value that cannot be delivered. The provider has to mend it.' },
  source_encoding: { zh: '源数据字符编码有误，请提供单位修正后重试。', en: 'The source holds text in a wrong encoding. The provider has to mend it.' },
  source_key: { zh: '主键为空或重复，请提供单位修正源数据。', en: 'The key is empty or not unique at the source. The provider has to mend it.' },
  row_too_long: { zh: '有一行超过长度上限，请提供单位减少大字段。', en: 'A row is longer than allowed. The provider has to leave large fields out.' },
  answer_too_large: { zh: '接口返回的内容过大，请调小每页条数。', en: 'The API’s answer is too large. Ask for smaller pages.' },
  cursor_missing: { zh: '缺少更新时间字段，不能增量交换，请改用全量。', en: 'There is no change time, so no increments. Deliver whole tables.' },
  reject_share: {
    zh: '未通过校验的行超过授权允许的比例，目标表保持原内容。请提供单位查看隔离数据、修正源数据后再交换。',
    en: 'More rows broke a rule than the grant allows; the table keeps what it had. The provider has to look at the quarantine and mend the source.',
  },
  capture_unsupported: {
    zh: '源库未开启变更日志，暂不能捕获变更，请源库管理员按技术细节配置。',
    en: 'The source’s log cannot be followed yet. Its administrator finds the setting in the details.',
  },
  capture_rights: {
    zh: '节点账号没有捕获变更的权限，请源库管理员执行技术细节中的语句。',
    en: 'The node’s login may not follow the log. The source’s administrator runs the statement in the details.',
  },
  capture_identity: { zh: '源表没有可识别每一行的主键，不能捕获变更。', en: 'The source table has no key by which changed rows could be told.' },
  capture_type: { zh: '源字段的类型不支持捕获变更，请调整授权字段。', en: 'A column’s type cannot be captured. Change the granted fields.' },
  capture_away: { zh: '该表的变更捕获此刻未在进行，恢复后自动继续。', en: 'The capture that follows this table is not under way; it goes on when that does.' },
  row_refused: {
    zh: '目标库拒收一行（约束、触发器或取值）。将逐行应用，被拒的行进入提供单位的隔离区，其余照常。',
    en: 'The target’s database refuses a row. Changes are applied row by row; what is refused waits in the provider’s quarantine, the rest goes on.',
  },
  rows_refused: {
    zh: '目标库拒收的行过多，捕获已停止。请检查目标表的约束或触发器，改好后继续。',
    en: 'The target’s database refuses too many rows. Look after the constraints and triggers of the table, then resume.',
  },
  slot_lost: { zh: '源库中的捕获位置已失效，须重新全量装载后继续捕获。', en: 'The place in the source’s log is lost. The whole table has to be loaded again.' },
  wal_budget: {
    zh: '源库保留的日志超出预算，捕获位置已放弃，以免占满源库磁盘。',
    en: 'The source kept more log than its budget, so the place in it was given up.',
  },
  schema_changed: { zh: '源表结构已变化，捕获暂停，等待提供单位确认。', en: 'The source table has changed. The capture waits for its provider’s decision.' },
  binlog_settings: {
    zh: '源库二进制日志的设置不符合要求，请源库管理员按技术细节调整。',
    en: 'The source’s binary log is not set up for this. Its administrator finds the setting in the details.',
  },
  binlog_type: { zh: '源字段的类型不支持按日志捕获，请调整授权字段。', en: 'A column’s type cannot be read from the binary log. Change the granted fields.' },
  target_missing: {
    zh: '目标库或模式不存在，请接收单位检查节点配置。',
    en: 'The target database or schema is missing. The receiver has to check the node’s configuration.',
  },
  target_rights: {
    zh: '节点账号没有写入目标库的权限，请目标库管理员授权。',
    en: 'The node’s login may not write to the target. Its administrator has to allow it.',
  },
  target_room: { zh: '目标库空间不足，请清理或扩容后续传。', en: 'The target has no room left. Make room, then resume.' },
  target_incompatible: {
    zh: '目标表已有的结构与本次不一致，请接收单位改名或删除旧表。',
    en: 'The table at the target has another shape. The receiver has to rename or drop it.',
  },
  target_value: { zh: '目标库不能保存某个值，请接收单位检查目标库编码和类型。', en: 'The target cannot hold a value. Check its encoding and types.' },
  target_dependents: {
    zh: '有视图等对象依赖目标表，不能替换，请先解除依赖。',
    en: 'Something depends on the target table, so it cannot be replaced. Remove the dependency first.',
  },
  target_not_ours: {
    zh: '目标表不是本平台建立的，不会覆盖。请更换表名，或先移走该表。',
    en: 'The target table was not made by this platform and is not overwritten. Choose another name or move it away.',
  },
  duplicate_keys: { zh: '收到的数据主键重复，请提供单位修正源数据。', en: 'The rows received hold a key twice. The provider has to mend the source.' },
  counts_differ: NOT_EXACT,
  plan_differs: NOT_EXACT,
  digest_differs: NOT_EXACT,
  evidence_differs: NOT_EXACT,
  hashes_differ: NOT_EXACT,
  protocol: { zh: '两侧节点通信协议不一致，请把两侧节点升级到同一版本。', en: 'The nodes do not understand each other. Bring both to the same version.' },
  unsupported_version: { zh: '一侧节点版本过低，请升级后重试。', en: 'One node is too old. Bring it up to date.' },
  nats_unreachable: { zh: '连不上 NATS 消息网，恢复后自动继续。', en: 'NATS cannot be reached. It goes on by itself.' },
  nats_login: { zh: 'NATS 拒绝登录，请检查节点配置中的账号。', en: 'NATS refuses the login. Check the node’s configuration.' },
  nats_rights: { zh: '节点账号没有使用 NATS 主题的权限，请管理员授权。', en: 'The node may not use its NATS subjects. Ask the administrator.' },
  nats_full: { zh: 'NATS 存储已满，请管理员扩容，恢复后自动继续。', en: 'NATS has no room left. It goes on when its administrator made some.' },
  peer_unreachable: { zh: '对方节点暂时无法连接，恢复后自动继续。', en: 'The other node cannot be reached. It goes on by itself when it is back.' },
  node_room: { zh: '节点服务器磁盘已满，清理后自动继续。', en: 'The node’s disk is full. It goes on when there is room.' },
  draining: { zh: '节点正在停机维护，恢复后自动继续。', en: 'The node is going down for maintenance. It goes on when it is back.' },
  cancelled: { zh: '交换已取消。', en: 'The delivery was cancelled.' },
  fault: {
    zh: '节点程序出错，将自动重试；持续出现请联系平台运维人员。',
    en: 'The node failed. It is tried again; if it lasts, tell the operators of the platform.',
  },
}
