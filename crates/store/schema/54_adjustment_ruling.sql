-- Which row of the table of adjustments decided what an adjustment means, with its first day, beside the meaning; empty for
-- what was posted before it was kept.

ALTER TABLE line_adjustment ADD COLUMN ruled_by TEXT NOT NULL DEFAULT '';
