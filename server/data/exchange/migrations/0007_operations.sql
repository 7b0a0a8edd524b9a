-- Replays of quarantined rows, what nodes are ordered besides deliveries, what flows, alarms; and the waking of polls that are held open.

-- A replay is a delivery of its own: of some keys only, brought into the target as an increment is.
alter table exchange.delivery add column replay boolean not null default false, add column bytes bigint not null default 0;
alter table exchange.delivery add constraint delivery_replay_is_increment check (not replay or mode = 'incremental');
update exchange.delivery d set bytes = (r.text::jsonb ->> 'bytes')::bigint from exchange.receipt r where r.delivery = d.id and r.kind = 'receipt' and d.done_at is not null;

-- The key, field by field, as the source's node told it; null from a node that told only the text for people.
alter table exchange.quarantine add column row_keys text[];
create index quarantine_open_by_provider on exchange.quarantine (provider, entry) where mended_at is null and dismissed_at is null;

-- The rows a replay reads again, in the order in which they are cut into ranges, and the reason of those that are still held back. Theirs alone who
-- may see the quarantine.
create table exchange.replay_row (
  delivery uuid not null references exchange.delivery,
  n integer not null check (n >= 0),
  provider uuid not null,
  row_keys text[] not null,
  row_key text not null,
  field text, -- where it was rejected again: by what
  rule text,
  value text,
  settled_at timestamptz, -- its rows of the quarantine have been mended, or hold the new reason
  primary key (delivery, n),
  constraint replay_row_once unique (delivery, row_keys),
  constraint replay_row_rejected_for_a_reason check (num_nonnulls(field, rule, value) in (0, 3))
);
alter table exchange.replay_row enable row level security, force row level security;
create policy replay_row_of_provider on exchange.replay_row using (kernel.sees(provider)) with check (kernel.sees(provider));

-- Work for one node that is no delivery: tried again until the node says it is done.
create table exchange.node_order (
  id uuid primary key,
  node uuid not null, -- of data/nodes
  kind text not null check (kind in ('drop_role', 'replay_letters')),
  subject text not null, -- the grant whose role is dropped; the node whose letters are sent again
  body jsonb not null,
  ordered_at timestamptz not null,
  ordered_by uuid not null,
  attempts integer not null default 0,
  retry_at timestamptz,
  trouble text, -- of the last attempt
  done_at timestamptz
);
create unique index node_order_open_once on exchange.node_order (node, kind, subject) where done_at is null;
create unique index node_order_role_once on exchange.node_order (subject) where kind = 'drop_role';
create index node_order_open on exchange.node_order (node) where done_at is null;

-- What receivers told within each minute, by delivery; kept for two days.
create table exchange.flow (
  minute timestamptz not null,
  delivery uuid not null,
  rows bigint not null,
  bytes bigint not null,
  primary key (minute, delivery)
);

-- From when on something is an alarm. Numbers of the house, changed by whoever supervises the exchange.
create table exchange.alarm_threshold (
  kind text not null,
  level text not null check (level in ('warning', 'critical')),
  value double precision not null check (value >= 0),
  unit text not null check (unit in ('seconds', 'minutes', 'days', 'percent', 'rows')),
  changed_at timestamptz,
  changed_by uuid,
  primary key (kind, level)
);
insert into exchange.alarm_threshold (kind, level, value, unit) values
  ('node_silent', 'critical', 120, 'seconds'),
  ('clock_off', 'warning', 60, 'seconds'),
  ('disk_low', 'warning', 10, 'percent'),
  ('disk_low', 'critical', 3, 'percent'),
  ('outbox_growing', 'warning', 300, 'seconds'),
  ('letters_refused', 'warning', 1, 'rows'),
  ('delivery_waiting', 'warning', 15, 'minutes'),
  ('delivery_late', 'warning', 60, 'minutes'),
  ('quarantine_high', 'warning', 1000, 'rows'),
  ('reconciliation_differs', 'warning', 1, 'rows'),
  ('grant_expiring', 'warning', 30, 'days'),
  ('budget_exceeded', 'warning', 50, 'percent'),
  ('budget_exceeded', 'critical', 100, 'percent');

create table exchange.alarm (
  id uuid primary key,
  kind text not null,
  subject text not null, -- what it is about, as the rules name it: one alarm of a kind is open for it
  record uuid not null, -- the node, delivery, subscription, grant or entry that is opened from it
  unit uuid not null, -- whose operators have it to do
  name text not null,
  level text not null check (level in ('warning', 'critical')),
  figure double precision not null, -- in the unit of the threshold, when last seen
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  acknowledged_by_name text,
  note text not null default '',
  closed_at timestamptz,
  constraint alarm_acknowledged_by_somebody check (num_nonnulls(acknowledged_at, acknowledged_by, acknowledged_by_name) in (0, 3))
);
create unique index alarm_open_once on exchange.alarm (kind, subject) where closed_at is null;
create index alarm_by_unit on exchange.alarm (unit, id desc);

-- Whoever waits for these rows is woken as they change; see nodes.wake_for_schema.
create function exchange.wake_both() returns trigger language plpgsql as $$
begin
  perform pg_notify('nodes_wake', woken) from unnest(array[new.sender, new.receiver]) as side(node),
    lateral (select side.node || coalesce(' ' || floor(extract(epoch from new.retry_at) * 1000)::bigint, '') as woken) w;
  return null;
end $$;
create trigger delivery_wakes after insert on exchange.delivery for each row execute function exchange.wake_both();
create trigger delivery_change_wakes after update of retry_at, stopped_at, cancelled_at on exchange.delivery for each row
  when (new.done_at is null and (old.retry_at, old.stopped_at, old.cancelled_at) is distinct from (new.retry_at, new.stopped_at, new.cancelled_at))
  execute function exchange.wake_both();
create trigger reconciliation_wakes after insert on exchange.reconciliation for each row execute function exchange.wake_both();
create trigger reconciliation_change_wakes after update of retry_at, ended_at on exchange.reconciliation for each row
  when ((old.retry_at, old.ended_at) is distinct from (new.retry_at, new.ended_at)) execute function exchange.wake_both();

create function exchange.wake_one() returns trigger language plpgsql as $$
begin
  perform pg_notify('nodes_wake', new.node || coalesce(' ' || floor(extract(epoch from new.retry_at) * 1000)::bigint, ''));
  return null;
end $$;
create trigger node_order_wakes after insert on exchange.node_order for each row execute function exchange.wake_one();
create trigger node_order_change_wakes after update of retry_at on exchange.node_order for each row when (new.done_at is null) execute function exchange.wake_one();
