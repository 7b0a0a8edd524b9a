create extension if not exists btree_gist;

-- Codes change every year: a row is valid from a day up to, but not on, another.
create table organizations.division (
  code text collate "C" not null,
  name text not null,
  level text not null check (level in ('province', 'city', 'county', 'town', 'village')),
  parent text collate "C",
  valid_from date not null,
  valid_to date check (valid_from < valid_to),
  constraint division_valid_once exclude using gist (code with =, daterange(valid_from, valid_to) with &&)
);
create index division_by_code on organizations.division (code, valid_from);
create index division_by_parent on organizations.division (parent, code);

create table organizations.unit (
  id uuid primary key,
  uscc text not null constraint unit_uscc_once unique, -- GB 32100; never given to another unit again
  name text collate "zh-x-icu" not null,
  short_name text not null,
  kind text not null check (kind in ('department', 'government_office', 'institution', 'outside')),
  division text collate "C" not null,
  parent uuid references organizations.unit,
  closed_on date,
  constraint unit_not_below_itself check (parent <> id)
);
create index unit_by_division on organizations.unit (division, name, id);
create index unit_by_parent on organizations.unit (parent);

create table organizations.duty (
  code text collate "C" primary key,
  name text not null,
  basis text not null
);
create table organizations.unit_duty (
  unit uuid not null references organizations.unit,
  duty text collate "C" not null references organizations.duty,
  since date not null,
  until date check (until >= since)
);
create unique index unit_duty_once on organizations.unit_duty (unit, duty) where until is null;
create index unit_duty_by_duty on organizations.unit_duty (duty) where until is null;

create table organizations.person (
  id uuid primary key,
  name text collate "zh-x-icu" not null,
  unit uuid not null references organizations.unit,
  title text not null,
  phone text not null,
  left_on date
);
create index person_by_unit on organizations.person (unit, name, id) where left_on is null;

create table organizations.post (
  code text primary key,
  name_zh text not null,
  name_en text not null,
  scope text not null check (scope in ('unit', 'division', 'platform')),
  side text not null check (side in ('business', 'system', 'security', 'audit')),
  rights text[] not null,
  position smallint not null, -- in lists
  unique (code, side)
);

create table organizations.appointment (
  id uuid primary key,
  person uuid not null references organizations.person,
  post text not null,
  side text not null, -- the post's own, so that the rule below can see it
  unit uuid not null references organizations.unit,
  since date not null,
  until date check (until >= since),
  foreign key (post, side) references organizations.post (code, side),
  -- Three administrators (三员分立): whoever appoints at the same moment, nobody holds posts of two administrators' sides.
  constraint appointment_separate_administrators exclude using gist
    (person with =, side with <>, daterange(since, until) with &&) where (side <> 'business')
);
create unique index appointment_once on organizations.appointment (person, post, unit) where until is null;
create index appointment_by_unit on organizations.appointment (unit, post) where until is null;
create index appointment_by_post on organizations.appointment (post, unit) where until is null;

create table organizations.working_group (
  id uuid primary key,
  name text collate "zh-x-icu" not null,
  purpose text not null,
  formed_on date not null,
  dissolved_on date check (dissolved_on >= formed_on)
);
create table organizations.group_member (
  working_group uuid not null references organizations.working_group,
  unit uuid not null references organizations.unit,
  role text not null check (role in ('lead', 'member')),
  primary key (working_group, unit)
);
create index group_member_by_unit on organizations.group_member (unit);

-- What other modules may read widely. People without their telephones.
create schema organizations_pub;
create view organizations_pub.division as select code, name, level, parent, valid_from, valid_to from organizations.division;
create view organizations_pub.unit as select id, uscc, name, short_name, kind, division, parent, closed_on from organizations.unit;
create view organizations_pub.person as select id, name, unit, title, left_on from organizations.person;
create view organizations_pub.appointment as select id, person, post, unit, since, until from organizations.appointment;
