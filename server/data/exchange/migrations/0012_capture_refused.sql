-- Quarantined rows of a capture are read again by the capture itself, at one moment and in its order.
alter table exchange.node_order drop constraint node_order_kind_check,
  add constraint node_order_kind_check check (kind in ('drop_role', 'replay_letters', 'replay_capture'));
