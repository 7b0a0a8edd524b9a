-- Whoever answers for a unit's data, or runs its nodes, says how they are pushed.
update organizations.post set rights = rights || '{exchange.push}' where code in ('liaison', 'operator');
