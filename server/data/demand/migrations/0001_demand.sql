-- Needs, what providers answer for, what may not be shared, and the published editions of the three lists. States derive from what happened when.
create sequence demand.need_number;
create sequence demand.item_number;
create sequence demand.negative_number;

create table demand.need (
  id uuid primary key,
  number text not null unique,
  asker uuid not null, -- of assurance/organizations
  asker_name text not null,
  asker_division text not null,
  wish jsonb not null,
  title text not null,
  clock uuid, -- kernel.deadline of the step that is due
  asked_at timestamptz not null,
  asked_by uuid not null,
  returned_at timestamptz, -- waits for its asker to add what is missing
  received_at timestamptz,
  conclusion jsonb,
  concluded_at timestamptz,
  accepted_at timestamptz, -- the asker agreed with the analysis: from now on it is on the list of needs
  infeasible_at timestamptz,
  withdrawn_at timestamptz,
  feedback jsonb,
  closed_at timestamptz,
  constraint need_ends_once check (num_nonnulls(closed_at, withdrawn_at, infeasible_at) <= 1),
  constraint need_concluded_whole check ((conclusion is null) = (concluded_at is null)),
  constraint need_closed_with_feedback check ((closed_at is null) = (feedback is null))
);
create unique index need_open_once on demand.need (asker, lower(title)) where closed_at is null and withdrawn_at is null and infeasible_at is null;
create index need_by_asker on demand.need (asker, id);

-- What one provider is asked to answer for.
create table demand.item (
  id uuid primary key,
  number text not null unique,
  need uuid not null references demand.need,
  provider uuid not null,
  provider_name text not null,
  provider_division text not null,
  item text not null,
  item_key text not null,
  entry uuid, -- of data/catalog, once there is one
  asked_at timestamptz not null,
  clock uuid,
  committed_at timestamptz,
  due_on date,
  refused_at timestamptz,
  refusal jsonb,
  requested_at timestamptz, -- the asker's request for the entry, as the exchange tells
  request uuid,
  delivered_at timestamptz, -- the first delivery of it to the asker that balanced
  dropped_at timestamptz, -- the need was withdrawn
  constraint item_once unique (need, provider, item_key),
  constraint item_answered_once check (num_nonnulls(committed_at, refused_at) <= 1),
  constraint item_committed_until check ((committed_at is null) = (due_on is null)),
  constraint item_refused_with_reasons check ((refused_at is null) = (refusal is null))
);
create index item_by_provider on demand.item (provider, id);
create index item_by_need on demand.item (need);
create index item_by_entry on demand.item (entry) where entry is not null and delivered_at is null;

create table demand.step (
  n bigint generated always as identity primary key,
  need uuid not null references demand.need,
  at timestamptz not null,
  act text not null check (act in ('asked', 'returned', 'asked_again', 'received', 'concluded', 'objected', 'accepted', 'infeasible', 'committed', 'refused',
    'entry_named', 'requested', 'delivered', 'closed', 'withdrawn')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index step_by_need on demand.step (need, n);

create table demand.negative (
  id uuid primary key,
  number text not null unique,
  unit uuid not null,
  unit_name text not null,
  unit_division text not null,
  item text not null,
  item_key text not null,
  entry uuid,
  basis text not null,
  reason text not null,
  source uuid, -- demand.item that was refused
  proposed_at timestamptz not null,
  proposed_by_name text not null,
  approved_at timestamptz,
  approved_by_name text,
  review_on date,
  rejected_at timestamptz,
  lifted_at timestamptz,
  end_reason text,
  constraint negative_approved_whole check (num_nonnulls(approved_at, approved_by_name, review_on) in (0, 3)),
  constraint negative_ends_once check (num_nonnulls(rejected_at, lifted_at) <= 1),
  constraint negative_ended_for_a_reason check ((coalesce(rejected_at, lifted_at) is null) = (end_reason is null))
);
create unique index negative_once on demand.negative (unit, item_key) where rejected_at is null and lifted_at is null;

-- What is published never changes: a change is a later edition.
create table demand.edition (
  id uuid primary key,
  list text not null check (list in ('needs', 'duties', 'negative')),
  division text not null,
  number integer not null check (number > 0),
  published_at timestamptz not null,
  published_by_name text not null,
  note text not null,
  rows jsonb not null,
  row_count integer not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  constraint edition_number_once unique (list, division, number)
);
create function demand.keep_edition() returns trigger language plpgsql as $$
begin
  raise exception 'a published list never changes: a change is a later edition' using errcode = 'insufficient_privilege';
end $$;
create trigger edition_never_changes before update or delete on demand.edition for each row execute function demand.keep_edition();

create schema demand_pub;
create view demand_pub.need as
  select id, number, asker, asked_at, received_at, concluded_at, accepted_at, infeasible_at, withdrawn_at, closed_at,
    (feedback ->> 'score')::integer as score, (feedback ->> 'solved')::boolean as solved from demand.need;
create view demand_pub.item as
  select i.id, i.number, i.need, i.provider, i.item, i.entry, i.asked_at, i.committed_at, i.due_on, i.refused_at, i.requested_at, i.delivered_at, i.dropped_at,
    d.due_on as answer_due_on, d.ended_on as answered_on
  from demand.item i left join kernel.deadline d on d.id = i.clock;

-- No text we hold settles these numbers of days: configurable defaults.
insert into kernel.legal_rule (code, effective_from, effective_to, title_zh, title_en, basis, days, unit, extension_days, certain) values
  ('demand.receive', '2025-08-01', null, '签收数据需求', 'Take up a need', '本市数据供需对接工作规则（可配置）', 2, 'workday', 0, false),
  ('demand.analyse', '2025-08-01', null, '分析数据需求', 'Analyse a need', '本市数据供需对接工作规则（可配置）', 10, 'workday', 0, false),
  ('demand.answer', '2025-08-01', null, '确认供给责任', 'Answer for supplying', '《政务数据共享条例》（国务院令第809号）第二十一条', 10, 'workday', 10, false);
