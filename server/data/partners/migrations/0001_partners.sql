-- Agreements with partners outside government (telecom, power, water). States derive from days and from what happened when.
create sequence partners.agreement_number;

create table partners.agreement (
  id uuid primary key,
  number text not null unique,
  uscc text not null,
  name text not null,
  unit uuid, -- of assurance/organizations, from the signing on
  scope text not null,
  purpose text not null,
  security text not null,
  price_fen bigint not null check (price_fen >= 0),
  from_on date not null,
  until_on date not null,
  remind_days integer not null check (remind_days between 1 and 365),
  keeper uuid not null, -- the unit that keeps the agreement
  keeper_name text not null,
  keeper_division text not null,
  drafted_at timestamptz not null,
  signed_at timestamptz,
  signed_on date,
  signed_by text,
  document text check (document ~ '^[0-9a-f]{64}$'), -- SHA-256 of the signed paper
  ended_on date, -- the first day on which it holds no longer because it was terminated
  end_reason text,
  discarded_at timestamptz,
  constraint agreement_lasts check (until_on >= from_on),
  constraint agreement_signed_whole check (num_nonnulls(signed_at, signed_on, signed_by, document, unit) in (0, 5)),
  constraint agreement_ended_for_a_reason check ((ended_on is null) = (end_reason is null) and (ended_on is null or signed_at is not null)),
  -- A partner has one agreement on any day: what it may do is read from that one.
  constraint agreement_in_force_once exclude using gist
    (unit with =, daterange(from_on, greatest(from_on, least(until_on + 1, coalesce(ended_on, until_on + 1)))) with &&) where (signed_at is not null)
);
create index agreement_by_unit on partners.agreement (unit) where signed_at is not null;
create index agreement_by_end on partners.agreement (until_on) where signed_at is not null and ended_on is null;

create table partners.agreement_step (
  n bigint generated always as identity primary key,
  agreement uuid not null references partners.agreement,
  at timestamptz not null,
  act text not null check (act in ('drafted', 'revised', 'signed', 'terminated', 'discarded')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index agreement_step_by_agreement on partners.agreement_step (agreement, n);

create schema partners_pub;
create view partners_pub.agreement as
  select id, number, uscc, name, unit, from_on, until_on, signed_on, ended_on, keeper, keeper_division from partners.agreement where signed_at is not null;
