-- Where an answer said that the thing it made can be found: the header `Location`, which is answered again with it.
ALTER TABLE idempotency ADD COLUMN location TEXT;
