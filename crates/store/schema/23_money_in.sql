-- Files that come in are recognised by what they say. Files that go out are sealed as submissions before they leave, so no
-- other list of work for after the commit is kept.

CREATE INDEX inbound_file_by_content ON inbound_file (practice_id, canonical_sha256);
DROP TABLE outbox;
