-- What the posts may do with partners' agreements, existing channels and the meeting of supply and demand.
update organizations.post set rights = rights || '{partners.keep,channels.supervise,demand.analyse}' where code = 'bureau_officer';
update organizations.post set rights = rights || '{channels.register,demand.ask,demand.supply}' where code = 'liaison';
update organizations.post set rights = rights || '{channels.register,demand.ask}' where code = 'cataloguer';
