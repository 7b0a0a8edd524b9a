-- Interfaces, their versions, who may call them, keys, quotas, calls. States derive from what happened when.
create sequence gateway.access_number;

-- Where a registered interface may lead: nothing else is ever called.
create table gateway.upstream (
  id uuid primary key,
  name text not null,
  base_url text not null,
  unit uuid not null, -- of assurance/organizations: whose system it is
  unit_name text not null,
  note text not null,
  allowed_at timestamptz not null,
  allowed_by uuid not null,
  withdrawn_at timestamptz
);
create unique index upstream_allowed_once on gateway.upstream (base_url, unit) where withdrawn_at is null;

create table gateway.api (
  id uuid primary key,
  code text not null,
  name text not null,
  kind text not null check (kind in ('registered', 'generated')),
  provider uuid not null,
  provider_name text not null,
  provider_division text not null,
  entry uuid, -- of data/catalog, where generated
  made_at timestamptz not null,
  made_by uuid not null,
  constraint api_code_once unique (code),
  constraint api_generated_from_entry check ((kind = 'generated') = (entry is not null))
);
create index api_by_provider on gateway.api (provider, id);

create table gateway.version (
  api uuid not null references gateway.api,
  n integer not null check (n > 0),
  definition jsonb not null,
  made_at timestamptz not null,
  made_by uuid not null,
  published_at timestamptz,
  published_by uuid,
  deprecated_at timestamptz,
  deprecation text,
  withdrawn_at timestamptz,
  withdrawal text,
  primary key (api, n),
  constraint version_deprecated_for_a_reason check ((deprecated_at is null) = (deprecation is null)),
  constraint version_withdrawn_for_a_reason check ((withdrawn_at is null) = (withdrawal is null))
);
create unique index version_draft_once on gateway.version (api) where published_at is null;

create function gateway.keep_version() returns trigger language plpgsql as $$
begin
  if old.published_at is not null and (new.definition, new.published_at) is distinct from (old.definition, old.published_at) then
    raise exception 'a published version never changes: a change is a new version' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger version_never_changes before update on gateway.version for each row execute function gateway.keep_version();

-- Names and divisions are those of the day of the application: it is a document.
create table gateway.access (
  id uuid primary key,
  number text not null unique,
  api uuid not null,
  n integer not null,
  provider uuid not null,
  provider_name text not null,
  provider_division text not null,
  consumer uuid not null,
  consumer_name text not null,
  consumer_division text not null,
  wish jsonb not null,
  clock uuid not null, -- kernel.deadline
  asked_at timestamptz not null,
  asked_by uuid not null,
  withdrawn_at timestamptz,
  refused_at timestamptz,
  refusal jsonb,
  revision integer not null default 0, -- how often terms were prepared
  prepared text, -- the canonical text to be signed, where generated
  terms jsonb,
  granted_at timestamptz,
  granted_by uuid,
  granted_by_name text,
  key text,
  signature text,
  not_before timestamptz,
  not_after timestamptz,
  revoked_at timestamptz,
  revoke_reason text,
  foreign key (api, n) references gateway.version (api, n),
  constraint access_ends_once check (num_nonnulls(withdrawn_at, refused_at, granted_at) <= 1),
  constraint access_granted_whole check (granted_at is null or num_nonnulls(granted_by, granted_by_name, terms, not_before, not_after) = 5),
  constraint access_revoked_for_a_reason check ((revoked_at is null) = (revoke_reason is null)),
  constraint access_between_two_units check (provider <> consumer)
);
create unique index access_open_once on gateway.access (api, n, consumer) where granted_at is null and refused_at is null and withdrawn_at is null;
create unique index access_in_force_once on gateway.access (api, n, consumer) where granted_at is not null and revoked_at is null;
create index access_by_provider on gateway.access (provider, id desc);
create index access_by_consumer on gateway.access (consumer, id desc);

-- The secret is sealed under the platform's key; who takes the table alone cannot sign with it.
create table gateway.consumer_key (
  id text primary key,
  unit uuid not null,
  unit_name text not null,
  unit_division text not null,
  name text not null,
  algorithm text not null check (algorithm in ('HMAC-SHA256')),
  sealed text not null,
  made_at timestamptz not null,
  made_by uuid not null,
  revoked_at timestamptz
);
create unique index consumer_key_name_once on gateway.consumer_key (unit, name) where revoked_at is null;

-- Processes reserve blocks of a day's calls; the border holds whatever they do.
create table gateway.quota (
  access uuid not null references gateway.access,
  day date not null,
  most bigint not null,
  reserved bigint not null,
  primary key (access, day),
  constraint quota_within check (reserved between 0 and most)
);

-- Calls, many a row: digests and never bodies. Each process has a chain of its own; `digest` is over the one before and the lines.
create table gateway.call_batch (
  at timestamptz not null,
  chain uuid not null,
  seq bigint not null,
  calls integer not null,
  previous text not null,
  digest text not null,
  lines text not null,
  primary key (at, chain, seq)
) partition by range (at);
create index call_batch_by_chain on gateway.call_batch (chain, seq);

-- The same calls counted, written with their lines.
create table gateway.usage (
  hour timestamptz not null,
  api uuid not null,
  n integer not null,
  operation text not null,
  access uuid not null,
  consumer uuid not null,
  calls bigint not null,
  errors bigint not null,
  refused bigint not null,
  cached bigint not null,
  bytes_in bigint not null,
  bytes_out bigint not null,
  durations bigint[] not null, -- calls by time taken, in steps of a half octave
  last_at timestamptz not null,
  primary key (hour, access, operation)
) partition by range (hour);
create index usage_by_api on gateway.usage (api, n, hour);
create index usage_by_access on gateway.usage (access, last_at desc);

create function gateway.tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('gateway', '');
  return null;
end $$;
create trigger api_told after insert or update on gateway.api for each statement execute function gateway.tell();
create trigger version_told after insert or update on gateway.version for each statement execute function gateway.tell();
create trigger access_told after insert or update on gateway.access for each statement execute function gateway.tell();
create trigger consumer_key_told after insert or update on gateway.consumer_key for each statement execute function gateway.tell();
create trigger upstream_told after insert or update on gateway.upstream for each statement execute function gateway.tell();

-- For those who watch.
create schema gateway_pub;
create view gateway_pub.access as
  select id, number, api, n, provider, provider_division, consumer, consumer_division, asked_at, granted_at, refused_at, withdrawn_at, revoked_at, not_after
  from gateway.access;
create view gateway_pub.usage as select hour, api, n, operation, access, consumer, calls, errors, refused, cached, bytes_in, bytes_out from gateway.usage;
