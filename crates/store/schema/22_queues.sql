-- What the desks' queues walk along: only open work, in the order in which it is due, with what the totals add up.

CREATE INDEX work_item_open_queue ON work_item (practice_id, desk, due_on, id, stake_cents) WHERE state <> 'resolved';
