-- Applications for front-end machines and databases; what state one is in derives from what happened when.
create sequence nodes.application_number;

create table nodes.application (
  id uuid primary key,
  number text not null unique,
  unit uuid not null, -- of assurance/organizations; name and division are those of the day
  unit_name text not null,
  unit_division text not null,
  address text not null,
  contact text not null,
  phone text not null,
  kind text not null check (kind in ('machine', 'database')),
  area text not null check (area in ('external', 'internal', 'business')),
  node_name text not null,
  node_port integer not null check (node_port between 1 and 65535),
  system text not null,
  protection smallint not null check (protection between 1 and 5),
  purpose text not null,
  applied_at timestamptz not null,
  applied_by uuid not null,
  withdrawn_at timestamptz,
  approved_at timestamptz,
  rejected_at timestamptz,
  allocated_at timestamptz,
  node_ip inet check (masklen(node_ip) = case family(node_ip) when 4 then 32 else 128 end),
  signed_at timestamptz,
  node uuid references nodes.node, -- what it became
  recovered_at timestamptz,
  constraint application_ends_once check (num_nonnulls(withdrawn_at, rejected_at) <= 1 and (allocated_at is null or num_nonnulls(withdrawn_at, rejected_at) = 0)),
  constraint application_in_order check ((allocated_at is null or approved_at is not null) and (signed_at is null or allocated_at is not null) and (recovered_at is null or allocated_at is not null)),
  constraint application_allocated_address check ((allocated_at is null) = (node_ip is null)),
  constraint application_signed_node check ((signed_at is null) = (node is null))
);
-- An address is one machine's until it is recovered.
create unique index application_ip_once on nodes.application (node_ip) where allocated_at is not null and recovered_at is null;
create unique index application_open_once on nodes.application (unit, node_name) where withdrawn_at is null and rejected_at is null and recovered_at is null;
create index application_by_unit on nodes.application (unit, id desc);
create index application_by_node on nodes.application (node) where node is not null;

create table nodes.application_step (
  n bigint generated always as identity primary key, -- steps of one moment keep their order
  application uuid not null references nodes.application,
  at timestamptz not null,
  act text not null check (act in ('applied', 'approved', 'rejected', 'withdrawn', 'allocated', 'signed', 'recovered')),
  by uuid not null,
  by_name text not null,
  note text not null
);
create index application_step_by_application on nodes.application_step (application, n);
