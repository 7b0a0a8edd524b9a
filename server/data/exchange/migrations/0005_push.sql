-- Push tasks: how a subscription is served by agreement. While one is live, it decides when the subscription is due, not the subscription's own schedule.
create sequence exchange.push_number;

create table exchange.push (
  id uuid primary key,
  number text not null unique,
  subscription uuid not null references exchange.subscription,
  name text not null,
  mode text not null, -- a delivery mode; which there are is the contract's to say
  schedule jsonb not null,
  begins_at timestamptz not null, -- of a task that runs once, when
  ends_at timestamptz check (ends_at > begins_at),
  next_due_at timestamptz, -- null while it is not live, and where no run is left
  made_at timestamptz not null,
  made_by uuid not null,
  published_at timestamptz,
  published_by uuid,
  stopped_at timestamptz,
  stop_reason text,
  ended_at timestamptz,
  constraint push_published_by_somebody check ((published_at is null) = (published_by is null)),
  constraint push_stopped_for_a_reason check ((stopped_at is null) = (stop_reason is null)),
  constraint push_due_while_live check (next_due_at is null or published_at is not null and stopped_at is null and ended_at is null)
);
create unique index push_live_once on exchange.push (subscription) where published_at is not null and stopped_at is null and ended_at is null;
create index push_by_subscription on exchange.push (subscription, id desc);
create index push_due on exchange.push (next_due_at) where next_due_at is not null;

alter table exchange.delivery add column push uuid references exchange.push; -- the task that ordered it
create index delivery_by_push on exchange.delivery (push, id desc) where push is not null;
