-- Where a node is called over NATS: the subject and the JetStream domain that it tells with every beat; null where it has no NATS.
alter table nodes.node add column nats jsonb;

create view nodes_pub.nats as select id as node, nats->>'subject' as subject, nats->>'domain' as domain from nodes.node where nats is not null;
