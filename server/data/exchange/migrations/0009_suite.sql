-- By which algorithms a link works is part of its grant, and of what the approver signed.
alter table exchange."grant" add column suite text not null default 'international' constraint grant_suite_known check (suite in ('international', 'gm'));
