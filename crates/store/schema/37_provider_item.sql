-- Where each amount outside any claim (PLB) stands: the item of its payer that it opened or closed, and the claim of ours
-- that its reference names. The money is in the ledger, on the account of the payer and the item.

CREATE TABLE provider_adjustment_place (
    practice_id UUID NOT NULL,
    remittance_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    -- Whose item; none where the payer is none of ours.
    payer_id UUID,
    -- The reference without its dress, by which the next one is known again.
    bare_reference TEXT NOT NULL,
    -- Empty where it was settled at once.
    item TEXT NOT NULL,
    claim_id UUID,
    found_by TEXT NOT NULL CHECK (found_by IN ('reference', 'claim', 'part', 'amount', 'first', 'no_item')),
    PRIMARY KEY (practice_id, remittance_id, ordinal),
    FOREIGN KEY (practice_id, remittance_id, ordinal) REFERENCES provider_adjustment (practice_id, remittance_id, ordinal),
    FOREIGN KEY (practice_id, claim_id) REFERENCES claim (practice_id, id)
);
CREATE INDEX provider_adjustment_place_by_reference ON provider_adjustment_place (practice_id, payer_id, bare_reference);
CREATE INDEX provider_adjustment_place_by_item ON provider_adjustment_place (practice_id, payer_id, item);

-- The items of a payer, without reading every posting.
CREATE INDEX ledger_posting_by_item ON ledger_posting (practice_id, payer_id, reference) WHERE account = 'recoupment';
-- Claims by any number that a payer ever gave them.
CREATE INDEX claim_payment_by_payer_number ON claim_payment (practice_id, payer_claim_control_number);
-- When work about a thing ended last.
CREATE INDEX work_item_by_subject ON work_item (practice_id, subject_key);
