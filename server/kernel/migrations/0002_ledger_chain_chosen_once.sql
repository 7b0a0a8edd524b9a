-- A transaction keeps to the chain of its first line. Where all chains are taken, one is drawn and waited for: drawn once, since drawn anew for each row it could be none, and
-- the act failed.
create or replace function kernel.append_ledger(at timestamptz, actor uuid, endpoint text, outcome text, subjects text[], body text)
returns table (line_chain smallint, line_seq bigint, line_hash bytea) language plpgsql as $$
declare
  own smallint := nullif(current_setting('zhenghe.ledger_chain', true), '')::smallint;
  head kernel.ledger_chain;
  next_hash bytea;
begin
  if own is null then
    select * into head from kernel.ledger_chain c for update skip locked limit 1;
    own := coalesce(head.chain, floor(random() * 16));
    perform set_config('zhenghe.ledger_chain', own::text, true);
  end if;
  if head.chain is null then
    select * into strict head from kernel.ledger_chain c where c.chain = own for update;
  end if;
  next_hash := sha256(head.hash || int2send(head.chain) || int8send(head.seq + 1) || convert_to(body, 'UTF8'));
  update kernel.ledger_chain c set seq = head.seq + 1, hash = next_hash where c.chain = head.chain;
  insert into kernel.ledger values (head.chain, head.seq + 1, at, actor, endpoint, outcome, subjects, body, next_hash);
  return query select head.chain, head.seq + 1, next_hash;
end $$;
