-- What the posts may do with interfaces (服务接口).
update organizations.post set rights = rights || '{gateway.supervise}' where code = 'bureau_officer';
update organizations.post set rights = rights || '{gateway.publish,gateway.apply,gateway.answer,gateway.keys}' where code = 'liaison';
update organizations.post set rights = rights || '{gateway.publish,gateway.apply}' where code = 'cataloguer';
update organizations.post set rights = rights || '{gateway.keys}' where code = 'operator';
update organizations.post set rights = rights || '{gateway.allow_upstream}' where code = 'system_admin';
