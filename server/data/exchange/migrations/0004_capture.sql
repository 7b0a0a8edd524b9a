-- Change capture (捕获变更): one long delivery of a load and the changes behind it, signed period by period.
alter table exchange.subscription drop constraint subscription_mode_check,
  add constraint subscription_mode_check check (mode in ('snapshot', 'incremental', 'capture'));
alter table exchange.delivery drop constraint delivery_mode_check,
  add constraint delivery_mode_check check (mode in ('snapshot', 'incremental', 'capture')),
  add column proposed_shape text, -- what the granted columns have become, for a person of the provider to accept
  add column accepted_shape text not null default '',
  add column dropped_at timestamptz; -- its place in the source's log was given up, as the sender tells
create index capture_to_drop on exchange.delivery (sender) where mode = 'capture' and dropped_at is null and (cancelled_at is not null or stopped_at is not null);

-- What both sides signed for a period; 0 is the load it began with.
create table exchange.capture_period (
  delivery uuid not null references exchange.delivery,
  n integer not null check (n >= 0),
  kind text not null check (kind in ('manifest', 'receipt')),
  text text not null,
  key text not null,
  signature text not null,
  at timestamptz not null,
  constraint period_handed_in_once primary key (delivery, n, kind)
);
