-- A unit's liaison and node operator apply for front-end machines; the data authority approves, allocates and recovers them.
update organizations.post set rights = rights || '{nodes.apply}' where code in ('liaison', 'operator');
update organizations.post set rights = rights || '{nodes.allocate}' where code = 'bureau_officer';
