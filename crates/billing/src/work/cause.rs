//! Where work began, in two levels: the stage of a claim's life, and what went wrong there. Tier 3 counts both.

/// A stage with what can go wrong in it. The last of each is for what no word fits yet.
pub struct Stage {
    /// The stage, as it is stored.
    pub stage: &'static str,
    /// What can go wrong in it.
    pub causes: &'static [&'static str],
}

/// Every stage, in the order in which a claim goes through them.
pub const STAGES: [Stage; 10] = [
    Stage {
        stage: "registration",
        causes: &["name or birth date", "member id", "wrong plan chosen", "address or contact", "other"],
    },
    Stage {
        stage: "eligibility",
        causes: &["not asked", "coverage ended", "order of plans", "asked for another day", "other"],
    },
    Stage {
        stage: "authorization",
        causes: &["not asked for", "units or days exceeded", "number not on the claim", "referral missing", "other"],
    },
    Stage {
        stage: "charge",
        causes: &["service not documented", "charged late", "charged twice", "wrong price or units", "other"],
    },
    Stage {
        stage: "coding",
        causes: &["diagnosis", "procedure", "modifier", "codes that do not go together", "other"],
    },
    Stage {
        stage: "claim build",
        causes: &["field missing or wrong", "provider or place", "attachment missing", "other"],
    },
    Stage {
        stage: "submission",
        causes: &["sent late", "sent to the wrong payer", "file refused", "lost on the way", "other"],
    },
    Stage {
        stage: "payer",
        causes: &[
            "decided against the contract",
            "policy or benefit",
            "lost or slow",
            "provider not enrolled",
            "other",
        ],
    },
    Stage { stage: "posting", causes: &["posted wrong", "remittance missing", "payment not found", "other"] },
    Stage {
        stage: "patient",
        causes: &["did not understand the bill", "told us late", "cannot pay", "our conduct", "other"],
    },
];

/// Whether a stage has this cause.
pub fn is_cause(stage: &str, cause: &str) -> bool {
    STAGES.iter().any(|known| known.stage == stage && known.causes.contains(&cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::ROOT_CAUSES;

    #[test]
    fn each_stage_has_causes_and_a_place_for_the_rest() {
        assert_eq!(STAGES.map(|stage| stage.stage), ROOT_CAUSES);
        for Stage { stage, causes } in &STAGES {
            assert_eq!(causes.last(), Some(&"other"), "{stage}");
            assert!(causes.iter().all(|cause| is_cause(stage, cause)));
        }
        assert!(!is_cause("payer", "member id"));
    }
}
