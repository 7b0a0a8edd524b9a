-- A person may hold a signing key of either kind: Ed25519 (raw, base64url) and SM2 («sm2:» and the uncompressed point, base64url), one of each at a time.
drop index identity.signing_key_current_once;
create unique index signing_key_current_once on identity.signing_key (person, (public_key like 'sm2:%')) where retired_at is null;
