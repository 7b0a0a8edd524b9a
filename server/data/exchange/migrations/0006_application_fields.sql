-- The legal form's other fields stand in the wish, as it was handed in; those who watch see of what type an application is.
create or replace view exchange_pub.request as
  select r.id, r.number, r.entry, r.entry_version, r.share_type, r.provider, r.provider_division, r.consumer, r.consumer_division, r.asked_at,
    r.granted_at, r.refused_at, r.withdrawn_at, d.due_on, d.ended_on, r.wish -> 'application' ->> 'type' as application_type
  from exchange.request r join kernel.deadline d on d.id = r.clock;
