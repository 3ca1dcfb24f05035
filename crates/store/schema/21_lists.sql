-- What the lists of the desk walk along, a page at a time, without reading and sorting every claim.

CREATE INDEX claim_by_day ON claim (practice_id, date_of_service, id);
-- Holds the sum of a status too, so that the counts of the day read nothing else.
CREATE INDEX claim_by_status_day ON claim (practice_id, status, date_of_service, id, total_cents);
