-- The third way by which two nodes meet.
alter table exchange.delivery drop constraint delivery_route_check, add constraint delivery_route check (route in ('direct', 'nats', 'relay'));
