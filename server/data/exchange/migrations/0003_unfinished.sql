-- What is under way, waits or has stopped is counted on every visit; of all deliveries it is a few.
create index delivery_unfinished on exchange.delivery (subscription) where done_at is null and cancelled_at is null;
