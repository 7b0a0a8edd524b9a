-- A capture can stand still for a while by somebody's decision: its place in the source's log stays, and goes on being watched against its budget.
alter table exchange.delivery add column paused_at timestamptz, add column paused_by uuid,
  add constraint only_captures_pause check (paused_at is null or mode = 'capture'),
  add constraint paused_by_somebody check ((paused_at is null) = (paused_by is null));

drop trigger delivery_change_wakes on exchange.delivery;
create trigger delivery_change_wakes after update of retry_at, stopped_at, cancelled_at, paused_at on exchange.delivery for each row
  when (new.done_at is null and (old.retry_at, old.stopped_at, old.cancelled_at, old.paused_at) is distinct from (new.retry_at, new.stopped_at, new.cancelled_at, new.paused_at))
  execute function exchange.wake_both();
