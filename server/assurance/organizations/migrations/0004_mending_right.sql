-- Who asks that a table be mended does not approve it; two posts of a unit hold the right, so that each can approve what the other asks.
update organizations.post set rights = rights || '{exchange.approve_mending}' where code in ('liaison', 'operator');
