-- Objections; what state one is in derives from what happened when. Names and codes are those of the day it was raised.
create sequence objections.objection_number;

create table objections.objection (
  id uuid primary key,
  number text not null unique,
  kind text not null check (kind in ('catalogue', 'application', 'use', 'other')),
  topic text not null check (topic in ('duration', 'opinion', 'response', 'quality', 'other')),
  title text not null,
  basis text not null,
  description text not null,
  contact text not null,
  phone text not null,
  subject_kind text check (subject_kind in ('entry', 'request', 'delivery', 'quarantine')),
  subject uuid, -- of data/catalog or data/exchange
  subject_name text not null,
  rows jsonb not null default '[]',
  raiser uuid not null, -- of assurance/organizations, as are the others
  raiser_name text not null,
  raiser_division text not null,
  against uuid not null,
  against_name text not null,
  against_division text not null,
  data_org_code text not null,
  handler uuid,
  handler_name text,
  handler_division text,
  raised_at timestamptz not null,
  raised_by uuid not null,
  review_clock uuid, -- kernel.deadline; null where nobody reviews it
  accepted_at timestamptz,
  answer_clock uuid,
  rejected_at timestamptz,
  withdrawn_at timestamptz,
  answered_at timestamptz,
  outcome text check (outcome in ('mended', 'right_as_it_is', 'explained')),
  answer text,
  rated_at timestamptz,
  score smallint check (score between 1 and 5),
  solved boolean,
  rating_words text,
  failed_at timestamptz,
  constraint objection_subject_whole check ((subject_kind is null) = (subject is null)),
  constraint objection_between_two_units check (raiser <> against and raiser <> handler),
  constraint objection_passed_on_whole check (num_nonnulls(accepted_at, handler, handler_name, handler_division, answer_clock) in (0, 5)),
  constraint objection_ends_once check (num_nonnulls(rejected_at, withdrawn_at, failed_at, answered_at) <= 1),
  constraint objection_answered_whole check (num_nonnulls(answered_at, outcome, answer) in (0, 3) and (answered_at is null or accepted_at is not null)),
  constraint objection_rated_whole check (num_nonnulls(rated_at, score, solved, rating_words) in (0, 4) and (rated_at is null or answered_at is not null))
);
-- Single doubted rows are tickets of their own: of those a unit may have several under way.
create unique index objection_open_once on objections.objection (raiser, kind, topic, subject)
  where subject is not null and rows = '[]' and rejected_at is null and withdrawn_at is null and failed_at is null and answered_at is null;
create index objection_by_raiser on objections.objection (raiser, id desc);
create index objection_by_handler on objections.objection (handler, id desc);
create index objection_by_subject on objections.objection (subject, id desc) where subject is not null;

create table objections.step (
  n bigint generated always as identity primary key, -- steps of one moment keep their order
  objection uuid not null references objections.objection,
  at timestamptz not null,
  act text not null check (act in ('raised', 'accepted', 'rejected', 'withdrawn', 'answered', 'rated', 'failed')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index step_by_objection on objections.step (objection, n);

create table objections.attachment (
  objection uuid primary key references objections.objection,
  name text not null,
  type text not null,
  bytes integer not null constraint attachment_not_too_large check (bytes between 1 and 10485760),
  digest text not null, -- SHA-256, hex
  content bytea not null check (length(content) = bytes)
);
alter table objections.attachment alter column content set storage external; -- pictures and office documents are compressed already

-- For those who watch; nothing personal in it.
create schema objections_pub;
create view objections_pub.objection as
  select o.id, o.number, o.kind, o.topic, o.subject_kind, o.subject, o.raiser, o.against, o.handler, o.raised_at, o.accepted_at, o.rejected_at, o.withdrawn_at,
    o.answered_at, o.outcome, o.rated_at, o.score, o.solved, o.failed_at, d.due_on, d.ended_on
  from objections.objection o left join kernel.deadline d on d.id = o.answer_clock;

-- The article sets a limit, but no text we hold settles the number beyond doubt; that of the review is this platform's own.
insert into kernel.legal_rule (code, effective_from, effective_to, title_zh, title_en, basis, days, unit, extension_days, certain) values
  ('objections.review', '2025-08-01', null, '审核异议并转办', 'Review an objection and pass it on', '平台默认时限（《政务数据共享条例》第二十六条未规定审核时限）', 2, 'workday', 0, false),
  ('objections.answer', '2025-08-01', null, '核实并答复校核申请', 'Verify and answer an objection',
    '《政务数据共享条例》（国务院令第809号）第二十六条', 10, 'workday', 0, false);
