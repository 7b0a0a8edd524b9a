-- The mechanisms' own tables. Tables that grow for ever are partitioned by month.

create table kernel.outbox (
  id uuid not null,
  at timestamptz not null default now(),
  name text not null,
  payload jsonb not null,
  primary key (at, id)
) partition by range (at);

create table kernel.event_done (
  event uuid not null,
  reader text not null,
  at timestamptz not null default now(),
  primary key (event, reader)
);

-- Sixteen hash chains side by side: an act takes whichever head is free, so acts need not wait for one another.
create table kernel.ledger_chain (
  chain smallint primary key,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32)
) with (fillfactor = 10);
insert into kernel.ledger_chain select n, 0, sha256(('zhenghe-ledger-v1:' || n)::bytea) from generate_series(0, 15) n;

create table kernel.ledger (
  chain smallint not null,
  seq bigint not null,
  at timestamptz not null,
  actor uuid not null,
  endpoint text not null,
  outcome text not null, -- «done», or the code of the refusal
  subjects text[] not null,
  body text not null, -- canonical JSON, exactly what was hashed
  hash bytea not null,
  primary key (at, chain, seq)
) partition by range (at);
create index ledger_by_chain on kernel.ledger (chain, seq, at);
create index ledger_by_subject on kernel.ledger using gin (subjects);
create index ledger_by_actor on kernel.ledger (actor, at desc);

create table kernel.ledger_seal (
  n bigint primary key,
  at timestamptz not null,
  heads jsonb not null,
  lines integer not null,
  root bytea not null,
  previous bytea not null,
  key text not null,
  signature bytea not null
);

-- Append-only: no row of the ledger is ever changed or removed by the platform's own hand.
create function kernel.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger ledger_append_only before update or delete on kernel.ledger for each row execute function kernel.refuse_change();
create trigger ledger_seal_append_only before update or delete on kernel.ledger_seal for each row execute function kernel.refuse_change();

-- Hash of a line = sha256(hash before it || chain as 2 bytes || seq as 8 bytes || body in UTF-8).
create function kernel.append_ledger(at timestamptz, actor uuid, endpoint text, outcome text, subjects text[], body text)
returns table (line_chain smallint, line_seq bigint, line_hash bytea) language plpgsql as $$
declare
  head kernel.ledger_chain;
  next_hash bytea;
begin
  select * into head from kernel.ledger_chain c for update skip locked limit 1;
  if not found then
    select * into head from kernel.ledger_chain c where c.chain = floor(random() * 16)::int for update;
  end if;
  next_hash := sha256(head.hash || int2send(head.chain) || int8send(head.seq + 1) || convert_to(body, 'UTF8'));
  update kernel.ledger_chain c set seq = head.seq + 1, hash = next_hash where c.chain = head.chain;
  insert into kernel.ledger values (head.chain, head.seq + 1, at, actor, endpoint, outcome, subjects, body, next_hash);
  return query select head.chain, head.seq + 1, next_hash;
end $$;

-- Makes the partitions of this month and the next two, for every table of the kernel and the modules that is split by month.
create function kernel.ensure_partitions(today date) returns void language plpgsql as $$
declare
  parent record;
  month date;
begin
  for parent in
    select n.nspname, c.relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid join pg_namespace n on n.oid = c.relnamespace where p.partstrat = 'r'
  loop
    for month in select generate_series(date_trunc('month', today) - interval '1 month', date_trunc('month', today) + interval '2 months', interval '1 month')::date loop
      execute format('create table if not exists %I.%I partition of %I.%I for values from (%L) to (%L)',
        parent.nspname, parent.relname || to_char(month, '_YYYY_MM'), parent.nspname, parent.relname,
        (month::timestamp at time zone 'UTC'), ((month + interval '1 month')::timestamp at time zone 'UTC'));
    end loop;
  end loop;
end $$;

-- The units whose private rows this transaction may see; '*' is every unit.
create function kernel.sees(unit uuid) returns boolean stable language sql as $$
  select coalesce(current_setting('zhenghe.units', true), '') = '*' or unit::text = any (string_to_array(current_setting('zhenghe.units', true), ','))
$$;

create table kernel.calendar_day (
  day date primary key,
  kind text not null check (kind in ('holiday', 'workday')),
  note text not null default '',
  source text not null
);

create table kernel.legal_rule (
  code text not null,
  effective_from date not null,
  effective_to date,
  title_zh text not null,
  title_en text not null,
  basis text not null,
  days integer not null check (days >= 0),
  unit text not null check (unit in ('workday', 'day')),
  extension_days integer not null default 0 check (extension_days >= 0),
  certain boolean not null, -- false: a configurable default that no source we hold settles
  primary key (code, effective_from)
);

create table kernel.deadline (
  id uuid primary key,
  rule text not null,
  subject_kind text not null,
  subject uuid not null,
  basis text not null,
  days integer not null,
  unit text not null check (unit in ('workday', 'day')),
  extension_days integer not null,
  started_on date not null,
  due_on date not null,
  extended_by integer not null default 0,
  suspensions jsonb not null default '[]',
  ended_on date,
  constraint deadline_extension_within_rule check (extended_by between 0 and extension_days)
);
create index deadline_by_subject on kernel.deadline (subject);
create index deadline_running on kernel.deadline (due_on) where ended_on is null;

create table kernel.todo (
  id uuid primary key,
  kind text not null,
  subject uuid not null,
  unit uuid, -- whoever holds `right` in this unit …
  "right" text,
  person uuid, -- … or this one person
  params jsonb not null,
  deadline uuid references kernel.deadline (id),
  created_at timestamptz not null,
  done_at timestamptz,
  check (person is not null or "right" is not null)
);
create unique index todo_once on kernel.todo (kind, subject, coalesce(unit, person, '00000000-0000-0000-0000-000000000000')) where done_at is null;
create index todo_waiting on kernel.todo (unit, "right") where done_at is null;
