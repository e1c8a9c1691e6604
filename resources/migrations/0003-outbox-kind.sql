-- Which kinds of change wait is asked for every record that a server tells of, and thousands may wait.
CREATE INDEX outbox_by_kind ON outbox (change ->> '$.kind');
