-- A comparison looks at whole rows or at keys and change times only. Mending changes a table in use, so a second person approves it; until then it hinders nothing.
alter table exchange.reconciliation
  add column scope text not null default 'full' check (scope in ('full', 'versions')),
  add column approved_at timestamptz,
  add column approved_by uuid,
  add column declined_at timestamptz,
  add column decline_reason text,
  add constraint mending_second_person check (approved_by is distinct from ordered_by),
  add constraint mending_approved_whole check ((approved_at is null) = (approved_by is null)),
  add constraint mending_declined_for_a_reason check ((declined_at is null) = (decline_reason is null) and (declined_at is null or ended_at is not null and approved_at is null));
update exchange.reconciliation set mend = false where ended_at is null and mend; -- what is under way without approval only compares

drop index exchange.reconciliation_running_once;
create unique index reconciliation_running_once on exchange.reconciliation (subscription) where ended_at is null and (not mend or approved_at is not null);
create unique index mending_asked_once on exchange.reconciliation (subscription) where ended_at is null and mend and approved_at is null;

alter table exchange.subscription
  add column reconcile_schedule jsonb not null default '{"kind": "never"}',
  add column next_reconcile_at timestamptz;
create index subscription_reconcile_due on exchange.subscription (next_reconcile_at) where stopped_at is null and next_reconcile_at is not null;
