-- Classes: 类 1 digit, 项 2, 目 3, 细目 in steps of 2. Each numbers the resources in it.
create table catalog.class (
  code text,
  name text not null,
  parent text,
  last_sequence integer not null default 0,
  constraint class_once primary key (code),
  constraint class_shape check (code ~ '^[123](\d{2}(\d{3}(\d{2}){0,4})?)?$'),
  constraint class_below_parent foreign key (parent) references catalog.class,
  constraint class_extends_parent check (
    (parent is null) = (length(code) = 1)
    and (parent is null or starts_with(code, parent) and length(parent) = case length(code) when 3 then 1 when 6 then 3 else length(code) - 2 end))
);

create table catalog.entry (
  id uuid primary key,
  code text not null,
  provider uuid not null, -- of assurance/organizations
  provider_division text not null,
  name text not null, -- of the version in work, or of the published one
  name_key text not null, -- the name without blanks, punctuation, width and letter case
  draft_version integer,
  published_version integer,
  working_version integer not null generated always as (coalesce(draft_version, published_version)) stored,
  shown_version integer not null generated always as (coalesce(published_version, draft_version)) stored,
  published_at timestamptz, -- of the published version
  withdrawn_at timestamptz,
  withdraw_reason text,
  changed_at timestamptz not null,
  constraint entry_code_once unique (code),
  constraint entry_published_at check ((published_version is null) = (published_at is null)),
  constraint entry_withdrawn_was_published check (withdrawn_at is null or (published_version is not null and draft_version is null and withdraw_reason is not null))
);
create unique index entry_name_once on catalog.entry (provider, name_key) where withdrawn_at is null;
create index entry_by_change on catalog.entry (changed_at desc, id desc);
create index entry_by_provider on catalog.entry (provider, changed_at desc, id desc);

-- A version: its content, and what has happened to it; its state derives from that. A new one begins where the last was published.
create table catalog.version (
  entry uuid not null references catalog.entry,
  version integer not null check (version >= 1),
  content jsonb not null,
  authors uuid[] not null, -- who has worked on it; none of them may review it
  changed_at timestamptz not null,
  submitted_at timestamptz,
  approved_at timestamptz,
  returned_at timestamptz,
  return_reason text,
  published_at timestamptz,
  state text not null generated always as (
    case
      when published_at is not null then 'published'
      when returned_at is not null then 'returned'
      when approved_at is not null then 'bureau_review'
      when submitted_at is not null then 'department_review'
      else 'draft'
    end) stored,
  name text not null generated always as (content ->> 'name') stored,
  class text not null generated always as (content ->> 'class') stored references catalog.class,
  format text not null generated always as (content ->> 'format') stored,
  share_type text not null generated always as (content -> 'share' ->> 'type') stored,
  open_type text not null generated always as (content -> 'open' ->> 'type') stored,
  update_cycle text not null generated always as (content ->> 'updateCycle') stored,
  primary key (entry, version),
  constraint version_no_secrets check (content @> '{"classified": false}'),
  constraint version_steps_in_order check (
    (approved_at is null or submitted_at is not null) and (published_at is null or approved_at is not null) and (returned_at is null or published_at is null)),
  constraint version_returned_for_a_reason check ((returned_at is null) = (return_reason is null))
);
-- Also what the planner needs to know that every entry has one such version.
alter table catalog.entry
  add constraint entry_has_working_version foreign key (id, working_version) references catalog.version deferrable initially deferred,
  add constraint entry_has_shown_version foreign key (id, shown_version) references catalog.version deferrable initially deferred;
create unique index version_one_open on catalog.version (entry) where published_at is null;

-- What is published stays as it is.
create function catalog.keep_published() returns trigger language plpgsql as $$
begin
  raise exception 'a published version never changes' using errcode = 'integrity_constraint_violation', constraint = 'version_immutable';
end $$;
create trigger version_immutable before update or delete on catalog.version
  for each row when (old.published_at is not null) execute function catalog.keep_published();

create table catalog.step (
  id bigint generated always as identity primary key,
  entry uuid not null references catalog.entry,
  version integer not null,
  at timestamptz not null,
  act text not null check (act in ('drafted', 'changed', 'submitted', 'department_approved', 'returned', 'published', 'withdrawn', 'bound')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index step_by_entry on catalog.step (entry, id);

-- The table behind an entry now (挂接).
create table catalog.binding (
  entry uuid primary key references catalog.entry,
  node uuid not null, -- of data/nodes
  node_name text not null,
  store text not null,
  schema text not null,
  "table" text not null,
  shape text not null,
  columns jsonb not null,
  types jsonb not null,
  keys text[] not null check (cardinality(keys) > 0),
  rows double precision not null, -- estimate at the time of binding
  bound_at timestamptz not null,
  bound_by uuid not null
);
create index binding_by_table on catalog.binding (node, store);

create schema catalog_pub;
-- Entries that are or were published, as they are published.
create view catalog_pub.entry as
  select e.id, e.code, e.provider, v.version, v.name, v.class, v.format, v.share_type, v.open_type, v.update_cycle, e.published_at, e.withdrawn_at, b.entry is not null as bound
  from catalog.entry e
  join catalog.version v on v.entry = e.id and v.version = e.published_version
  left join catalog.binding b on b.entry = e.id;
