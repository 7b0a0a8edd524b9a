-- Also on which basis an entry is not shared: it is read into the negative list.
create or replace view catalog_pub.entry as
  select e.id, e.code, e.provider, v.version, v.name, v.class, v.format, v.share_type, v.open_type, v.update_cycle, e.published_at, e.withdrawn_at,
    b.entry is not null as bound, v.content -> 'share' ->> 'basis' as share_basis
  from catalog.entry e
  join catalog.version v on v.entry = e.id and v.version = e.published_version
  left join catalog.binding b on b.entry = e.id;
