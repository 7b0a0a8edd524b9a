-- What a node tells of itself with every beat; null from a node that does not know how to tell it.
alter table nodes.node add column health jsonb;

create or replace view nodes_pub.node as
  select id, unit, name, sign, seal, fingerprint, listen, stores, approvers, last_seen_at, made_at, confirmed_at, revoked_at,
    case
      when revoked_at is not null then 'revoked'
      when confirmed_at is not null then 'active'
      when joined_at is not null then 'awaiting_confirmation'
      else 'awaiting_join'
    end as state,
    version, clock_skew_seconds, health
  from nodes.node;

-- Wakes the polls that nodes hold open, in whichever process of the platform: the payload is the node, or «node milliseconds» where it is to be
-- woken at a later moment only.
create function nodes.wake_for_schema() returns trigger language plpgsql as $$
begin
  perform pg_notify('nodes_wake', new.node::text);
  return null;
end $$;
create trigger schema_order_wakes after insert on nodes.schema_order for each row execute function nodes.wake_for_schema();
