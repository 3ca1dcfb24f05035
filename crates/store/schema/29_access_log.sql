-- What the access log walks along: a day is found in either chain without reading what came after it, and the log-ins
-- without reading what was done otherwise.

CREATE INDEX audit_read_by_time ON audit_read (practice_id, recorded_at, sequence);
CREATE INDEX audit_record_by_time ON audit_record (practice_id, recorded_at, sequence);
CREATE INDEX audit_record_of_logins ON audit_record (practice_id, sequence) WHERE subject_kind = 'user';
