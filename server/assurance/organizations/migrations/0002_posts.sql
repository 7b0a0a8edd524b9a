-- The posts (岗位) of the platform, what each may do, and how far its rights reach.
insert into organizations.post (position, code, name_zh, name_en, scope, side, rights) values
  (1, 'bureau_officer', '数据主管部门管理员', 'Data authority officer', 'division', 'business',
    '{catalog.publish,exchange.supervise,nodes.supervise,standards.maintain,organizations.assign_duties,kernel.read_facts}'),
  (2, 'liaison', '数据联络员', 'Data liaison officer', 'unit', 'business',
    '{catalog.review,exchange.request,exchange.answer,exchange.receive,exchange.quarantine,nodes.read_schema}'),
  (3, 'cataloguer', '编目员', 'Cataloguer', 'unit', 'business', '{catalog.compile,exchange.request,exchange.receive,nodes.read_schema}'),
  (4, 'operator', '前置节点管理员', 'Node operator', 'unit', 'business', '{nodes.operate,exchange.receive,exchange.quarantine,nodes.read_schema}'),
  (5, 'leader', '分管领导', 'Leader in charge', 'division', 'business', '{kernel.read_facts,nodes.supervise}'),
  (6, 'system_admin', '系统管理员', 'System administrator', 'platform', 'system', '{organizations.maintain,kernel.operate,kernel.calendar}'),
  (7, 'security_admin', '安全管理员', 'Security administrator', 'platform', 'security', '{organizations.appoint,identity.administer}'),
  (8, 'audit_admin', '审计管理员', 'Audit administrator', 'platform', 'audit', '{kernel.read_ledger,kernel.verify_ledger}');
