-- The payments of one file, and the questions about one coverage: found without reading every other.

CREATE INDEX remittance_by_file ON remittance (practice_id, inbound_file_id);
CREATE INDEX eligibility_by_coverage ON eligibility (practice_id, coverage_id, asked_for);
