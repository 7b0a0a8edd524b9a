-- A node's keys of suite 2 (国密), beside those of suite 1. A node that joined before it had any shows them later, signed by the key it joined with.
alter table nodes.node
  add column gm_sign text, -- SM2, uncompressed point, base64url
  add column gm_seal text, -- SM2, uncompressed point, base64url
  add column gm_fingerprint text, -- by SM3
  add constraint node_gm_keys_whole check ((gm_sign is null) = (gm_seal is null) and (gm_sign is null) = (gm_fingerprint is null)),
  add constraint node_gm_keys_of_joined check (gm_sign is null or sign is not null),
  add constraint node_gm_key_once unique (gm_sign);
