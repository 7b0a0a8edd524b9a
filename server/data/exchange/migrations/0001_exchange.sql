-- Requests, grants, subscriptions, deliveries. States derive from what happened when.
create sequence exchange.request_number;
create sequence exchange.delivery_number;

-- Names, codes and divisions are those of the day the request was made: the request is a document.
create table exchange.request (
  id uuid primary key,
  number text not null unique,
  entry uuid not null, -- of data/catalog
  entry_version integer not null,
  entry_code text not null,
  entry_name text not null,
  share_type text not null check (share_type in ('unconditional', 'conditional')),
  provider uuid not null, -- of assurance/organizations, as is the consumer
  provider_name text not null,
  provider_division text not null,
  consumer uuid not null,
  consumer_name text not null,
  consumer_division text not null,
  wish jsonb not null,
  filter_words jsonb,
  clock uuid not null, -- kernel.deadline
  asked_at timestamptz not null,
  asked_by uuid not null,
  supplement text[] not null default '{}', -- what is missing; emptied when it is supplied
  granted_at timestamptz,
  refused_at timestamptz,
  refusal jsonb,
  withdrawn_at timestamptz,
  constraint request_ends_once check (num_nonnulls(granted_at, refused_at, withdrawn_at) <= 1),
  constraint request_refused_with_reasons check ((refused_at is null) = (refusal is null)),
  constraint request_between_two_units check (provider <> consumer)
);
create unique index request_open_once on exchange.request (entry, consumer) where granted_at is null and refused_at is null and withdrawn_at is null;
create index request_by_provider on exchange.request (provider, id);
create index request_by_consumer on exchange.request (consumer, id);
create index request_by_entry on exchange.request (entry);

create table exchange.request_step (
  n bigint generated always as identity primary key, -- steps of one moment keep their order
  request uuid not null references exchange.request,
  at timestamptz not null,
  act text not null check (act in ('asked', 'supplement_asked', 'supplied', 'extended', 'prepared', 'granted', 'refused', 'withdrawn', 'revoked')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index request_step_by_request on exchange.request_step (request, n);

-- Every text ever prepared for signing is a version of its own; the one that was signed is in force until it ends or is revoked.
create table exchange."grant" (
  id uuid not null,
  version integer not null check (version > 0),
  request uuid not null references exchange.request,
  text text not null, -- canonical JSON, exactly what is signed
  provider_node uuid not null, -- of data/nodes, as is the consumer's
  consumer_node uuid not null,
  not_before timestamptz not null,
  not_after timestamptz not null check (not_after > not_before),
  note text not null,
  prepared_at timestamptz not null,
  prepared_by uuid not null,
  granted_at timestamptz,
  granted_by uuid,
  granted_by_name text,
  key text,
  signature text,
  deliver_clock uuid, -- kernel.deadline: the days within which the first delivery is due
  revoked_at timestamptz,
  revoke_reason text,
  primary key (id, version),
  constraint grant_signed_whole check (num_nonnulls(granted_at, granted_by, granted_by_name, key, signature, deliver_clock) in (0, 6)),
  constraint grant_revoked_for_a_reason check ((revoked_at is null) = (revoke_reason is null) and (revoked_at is null or granted_at is not null))
);
create unique index grant_signed_once on exchange."grant" (request) where granted_at is not null;
create unique index grant_in_force_once on exchange."grant" (id) where granted_at is not null;
create index grant_by_request on exchange."grant" (request, version);

create function exchange.keep_grant() returns trigger language plpgsql as $$
begin
  if new.text <> old.text or old.granted_at is not null and (new.granted_at, new.key, new.signature) is distinct from (old.granted_at, old.key, old.signature) then
    raise exception 'a grant never changes: a change is a new version' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger grant_never_changes before update on exchange."grant" for each row execute function exchange.keep_grant();

create table exchange.subscription (
  id uuid primary key,
  grant_id uuid not null,
  grant_version integer not null,
  consumer_node uuid not null,
  store text not null,
  target_schema text not null,
  target_table text not null,
  mode text not null check (mode in ('snapshot', 'incremental')),
  schedule jsonb not null,
  next_due_at timestamptz, -- null where it is delivered once or on order
  cursor text, -- how far increments have reached
  made_at timestamptz not null,
  made_by uuid not null,
  stopped_at timestamptz,
  stop_reason text,
  foreign key (grant_id, grant_version) references exchange."grant" (id, version),
  constraint subscription_stopped_for_a_reason check ((stopped_at is null) = (stop_reason is null))
);
create unique index subscription_target_once on exchange.subscription (consumer_node, store, target_schema, target_table) where stopped_at is null;
create index subscription_by_grant on exchange.subscription (grant_id, id);
create index subscription_due on exchange.subscription (next_due_at) where stopped_at is null and next_due_at is not null;

create table exchange.delivery (
  id uuid primary key,
  number text not null unique,
  subscription uuid not null references exchange.subscription,
  sender uuid not null, -- nodes
  receiver uuid not null,
  mode text not null check (mode in ('snapshot', 'incremental')),
  ordered_at timestamptz not null,
  ordered_by uuid not null,
  started_at timestamptz,
  running_since timestamptz,
  waiting_since timestamptz,
  retry_at timestamptz, -- before this moment a waiting delivery is not handed to its nodes again
  attempts integer not null default 0,
  sender_seen_at timestamptz,
  receiver_seen_at timestamptz,
  sender_progress jsonb,
  receiver_progress jsonb,
  route text check (route in ('direct', 'relay')),
  rejected bigint not null default 0,
  loaded bigint not null default 0,
  reached text, -- how far the increments of this delivery reach, as its receiver tells
  done_at timestamptz,
  stopped_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  constraint delivery_ends_once check (num_nonnulls(done_at, stopped_at, cancelled_at) <= 1),
  constraint delivery_cancelled_for_a_reason check ((cancelled_at is null) = (cancel_reason is null))
);
create unique index delivery_running_once on exchange.delivery (subscription) where done_at is null and stopped_at is null and cancelled_at is null;
create index delivery_by_subscription on exchange.delivery (subscription, id desc);
create index delivery_of_sender on exchange.delivery (sender) where done_at is null and stopped_at is null and cancelled_at is null;
create index delivery_of_receiver on exchange.delivery (receiver) where done_at is null and stopped_at is null and cancelled_at is null;
create index delivery_done on exchange.delivery (done_at) where done_at is not null;

create table exchange.delivery_trouble (
  n bigint generated always as identity primary key,
  delivery uuid not null references exchange.delivery,
  at timestamptz not null,
  side text not null check (side in ('sender', 'receiver', 'platform')),
  code text not null,
  detail text not null,
  resumable boolean not null
);
create index delivery_trouble_by_delivery on exchange.delivery_trouble (delivery, n desc);

-- The signed documents of both sides, as they were handed in.
create table exchange.receipt (
  delivery uuid not null references exchange.delivery,
  kind text not null check (kind in ('manifest', 'receipt')),
  text text not null,
  key text not null,
  signature text not null,
  at timestamptz not null,
  primary key (delivery, kind)
);

create table exchange.reconciliation (
  id uuid primary key,
  subscription uuid not null references exchange.subscription,
  sender uuid not null,
  receiver uuid not null,
  mend boolean not null,
  ordered_at timestamptz not null,
  ordered_by uuid not null,
  running_since timestamptz,
  retry_at timestamptz,
  attempts integer not null default 0,
  ended_at timestamptz,
  source_rows bigint,
  target_rows bigint,
  differing bigint,
  missing bigint,
  extra bigint,
  mended boolean not null default false,
  sample jsonb not null default '[]',
  trouble text, -- of the last attempt; where it has ended, why it failed
  constraint reconciliation_result_whole check (num_nonnulls(source_rows, target_rows, differing, missing, extra) in (0, 5))
);
create unique index reconciliation_running_once on exchange.reconciliation (subscription) where ended_at is null;
create index reconciliation_by_subscription on exchange.reconciliation (subscription, id desc);
create index reconciliation_of_sender on exchange.reconciliation (sender) where ended_at is null;
create index reconciliation_of_receiver on exchange.reconciliation (receiver) where ended_at is null;

-- Rejected rows belong to their provider alone: row-level security shows them to no other unit's transaction.
create table exchange.quarantine (
  id uuid not null,
  at timestamptz not null,
  provider uuid not null,
  entry uuid not null,
  entry_name text not null,
  delivery uuid not null,
  range integer not null,
  row_key text not null,
  field text not null,
  rule text not null,
  value text not null, -- masked by the node
  mended_at timestamptz,
  dismissed_at timestamptz,
  settled_by uuid,
  note text not null default '',
  primary key (at, id),
  constraint quarantine_settled_once check (num_nonnulls(mended_at, dismissed_at) <= 1)
) partition by range (at);
create index quarantine_by_provider on exchange.quarantine (provider, id desc);
create index quarantine_by_delivery on exchange.quarantine (delivery, range);
alter table exchange.quarantine enable row level security, force row level security;
create policy quarantine_of_provider on exchange.quarantine using (kernel.sees(provider)) with check (kernel.sees(provider));

-- What a range of a delivery handed in: a range that is read again replaces it.
create table exchange.quarantine_range (
  delivery uuid not null references exchange.delivery,
  range integer not null,
  provider uuid not null,
  listed integer not null,
  dropped integer not null,
  primary key (delivery, range)
);
alter table exchange.quarantine_range enable row level security, force row level security;
create policy quarantine_range_of_provider on exchange.quarantine_range using (kernel.sees(provider)) with check (kernel.sees(provider));

-- For those who watch; nothing personal in it.
create schema exchange_pub;
create view exchange_pub.request as
  select r.id, r.number, r.entry, r.entry_version, r.share_type, r.provider, r.provider_division, r.consumer, r.consumer_division, r.asked_at,
    r.granted_at, r.refused_at, r.withdrawn_at, d.due_on, d.ended_on
  from exchange.request r join kernel.deadline d on d.id = r.clock;
create view exchange_pub.grant as
  select g.id, g.version, g.request, r.entry, r.provider, r.consumer, g.not_before, g.not_after, g.granted_at, g.revoked_at
  from exchange."grant" g join exchange.request r on r.id = g.request where g.granted_at is not null;
create view exchange_pub.delivery as
  select d.id, d.number, d.subscription, g.id as grant_id, r.entry, r.provider, r.consumer, d.mode, d.ordered_at, d.started_at, d.done_at, d.stopped_at, d.cancelled_at,
    d.rejected, d.loaded
  from exchange.delivery d
  join exchange.subscription s on s.id = d.subscription
  join exchange."grant" g on g.id = s.grant_id and g.version = s.grant_version
  join exchange.request r on r.id = g.request;
