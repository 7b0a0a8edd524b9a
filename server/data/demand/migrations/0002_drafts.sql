-- What a person has begun to write and not handed in: theirs alone, one at a time, gone when the need is stated.
create table demand.draft (
  person uuid constraint draft_once primary key,
  wish jsonb not null,
  kept_at timestamptz not null
);
