create table standards.code_table (
  name text collate "C" not null,
  version integer not null check (version >= 1),
  title_zh text collate "zh-x-icu" not null,
  title_en text not null,
  source text not null,
  certain boolean not null, -- false: a configurable default that no source we hold settles
  published_on date not null,
  codes integer not null,
  -- Of those who publish on the same version, one makes the next.
  constraint code_table_version_once primary key (name, version)
);
create table standards.code (
  code_table text collate "C" not null,
  version integer not null,
  position integer not null,
  code text not null,
  name_zh text not null,
  name_en text not null,
  parent text,
  ended_on date,
  primary key (code_table, version, position),
  constraint code_once unique (code_table, version, code),
  foreign key (code_table, version) references standards.code_table (name, version)
);

create table standards.data_element (
  id uuid primary key,
  identifier text collate "C" not null constraint data_element_identifier_once unique check (identifier ~ '^[A-Z]{2}[0-9]{5}$'),
  name_zh text not null,
  name_en text not null,
  definition text not null,
  type text not null check (type in ('C', 'N', 'Y', 'D', 'T', 'L', 'M', 'G', 'B', 'I', 'F')),
  length integer check (length >= 0),
  code_table text collate "C",
  rule text not null check (rule in ('none', 'uscc', 'resident_id', 'organization_code', 'division')),
  source text not null,
  retired_on date
);

-- A published version never changes; of a data element, only that it retires.
create function standards.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a published version of a standard never changes' using errcode = 'insufficient_privilege';
end $$;
create trigger code_table_immutable before update or delete on standards.code_table for each row execute function standards.refuse_change();
create trigger code_immutable before update or delete on standards.code for each row execute function standards.refuse_change();
create trigger data_element_immutable before update of id, identifier, name_zh, name_en, definition, type, length, code_table, rule, source or delete
  on standards.data_element for each row execute function standards.refuse_change();

-- What other modules may read widely: the current version of every code table, and the data elements in use.
create schema standards_pub;
create view standards_pub.code_table as
  select distinct on (name) name, version, title_zh, title_en, source, certain, published_on from standards.code_table order by name, version desc;
create view standards_pub.code as
  select c.code_table, c.version, c.position, c.code, c.name_zh, c.name_en, c.parent, c.ended_on
  from standards.code c join standards_pub.code_table t on t.name = c.code_table and t.version = c.version;
create view standards_pub.data_element as
  select id, identifier, name_zh, name_en, type, length, code_table, rule from standards.data_element where retired_on is null;
