-- Existing ways by which data reach a department, and their move onto the platform. States derive from what happened when.
create sequence channels.channel_number;

-- How many days after the last delivery a replacement still counts as alive, by how often data are due: configurable.
create table channels.tolerance (
  often text primary key check (often in ('realtime', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular')),
  days integer not null check (days > 0)
);
insert into channels.tolerance (often, days) values
  ('realtime', 2), ('daily', 3), ('weekly', 10), ('monthly', 40), ('quarterly', 100), ('yearly', 380), ('irregular', 380);

create table channels.channel (
  id uuid primary key,
  number text not null unique,
  provider uuid, -- of assurance/organizations; null where the platform does not know it (a system of a higher level)
  provider_name text not null,
  provider_division text not null default '',
  provider_key text not null, -- the unit, or the letters and digits of its name
  outside boolean not null,
  consumer uuid not null,
  consumer_name text not null,
  consumer_division text not null,
  content text not null,
  content_key text not null,
  entry uuid, -- of data/catalog: what it is there
  way text not null check (way in ('manual', 'mail', 'ftp', 'database_link', 'own_api', 'vertical_system', 'other_platform')),
  since_on date not null,
  often text not null references channels.tolerance,
  rows_month bigint check (rows_month >= 0),
  mb_month bigint check (mb_month >= 0),
  personal boolean not null,
  basis text not null,
  contact text not null,
  phone text not null,
  system text not null,
  note text not null,
  registered_at timestamptz not null,
  registered_by uuid not null,
  clock uuid, -- kernel.deadline of the step that is due
  confirmed_at timestamptz,
  confirmed_on date, -- last yearly confirmation
  plan jsonb,
  target uuid, -- of data/catalog: the entry that replaces it
  due_on date,
  planned_at timestamptz,
  begun_at timestamptz,
  parallel_at timestamptz,
  closed_at timestamptz,
  closing jsonb,
  retention jsonb, -- asked for, or approved
  retained_at timestamptz,
  retain_until date,
  withdrawn_at timestamptz,
  constraint channel_planned_whole check (num_nonnulls(plan, target, due_on, planned_at) in (0, 4)),
  constraint channel_closed_with_evidence check (closed_at is null or (closing is not null and parallel_at is not null)),
  constraint channel_retained_until check (retained_at is null or (retain_until is not null and retention is not null)),
  constraint channel_ends_once check (num_nonnulls(closed_at, withdrawn_at, retained_at) <= 1),
  constraint channel_between_two check (provider is null or provider <> consumer)
);
create unique index channel_once on channels.channel (consumer, provider_key, content_key, way) where closed_at is null and withdrawn_at is null;
create index channel_by_consumer on channels.channel (consumer, id);
create index channel_by_provider on channels.channel (provider, id) where provider is not null;
create index channel_alike on channels.channel (consumer, provider_key, content_key) where withdrawn_at is null;
create index channel_closed on channels.channel (id) where closed_at is not null;

create table channels.channel_step (
  n bigint generated always as identity primary key,
  channel uuid not null references channels.channel,
  at timestamptz not null,
  act text not null check (act in ('registered', 'revised', 'confirmed', 'reconfirmed', 'planned', 'begun', 'parallel', 'closed', 'reopened',
    'retention_asked', 'retained', 'retention_refused', 'retention_ended', 'withdrawn')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index channel_step_by_channel on channels.channel_step (channel, n);

create schema channels_pub;
create view channels_pub.channel as
  select id, number, provider, consumer, consumer_division, content, entry, target, way, often, personal, outside, due_on,
    registered_at, confirmed_at, planned_at, begun_at, parallel_at, closed_at, retained_at, withdrawn_at
  from channels.channel;

-- No text we hold settles these numbers of days: configurable defaults.
insert into kernel.legal_rule (code, effective_from, effective_to, title_zh, title_en, basis, days, unit, extension_days, certain) values
  ('channels.confirm', '2025-08-01', null, '确认登记的归集渠道', 'Confirm a channel that was registered', '本市数据归集渠道清理工作安排（可配置）', 10, 'workday', 0, false),
  ('channels.plan', '2025-08-01', null, '制定渠道迁移计划', 'Plan the move of a channel', '本市数据归集渠道清理工作安排（可配置）', 20, 'workday', 0, false),
  ('channels.move', '2025-08-01', null, '完成渠道迁移', 'Move a channel onto the platform', '本市数据归集渠道清理工作安排（可配置）', 365, 'day', 0, false);
