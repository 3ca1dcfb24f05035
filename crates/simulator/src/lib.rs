//! A payer and a clearinghouse that speak X12 back: claims in; TA1, 999, 277CA and 835 out; 270 and 276 answered.
//! For training, demos and tests. Stands on `x12` and `codes` only and shares no line with the practice's side, so that
//! it is a second opinion on every cent. Never reads a clock, never rolls dice that the seed does not decide.
//!
//! [`Simulator::receive`] takes a file and answers at once, [`Simulator::advance_to`] moves its clock and gives what fell due,
//! [`Simulator::truth`] tells what it decided.

mod acknowledgment;
mod adjudication;
mod behaviour;
mod cents;
mod chance;
mod claim_status;
mod decision;
mod eligibility;
mod intake;
mod message;
mod payment;
mod read_837;
mod segments;
mod simulator;
mod state;
mod submitted;
mod truth;
mod write_277ca;
mod write_835;
mod year;

pub use behaviour::{
    Benefits, BundleHabit, Copay, DenialHabit, DenialScope, DenialTrigger, Fees, PayerAddress, PayerBehaviour,
    PendHabit, Quirks, RejectionHabit, RejectionTrigger, ReversalHabit, TakesBack, Timing, Weekday, builtin_payers,
};
pub use chance::Chance;
pub use decision::DecisionKind;
pub use message::{CLEARINGHOUSE_ID, MessageKind, OutboundFile};
pub use payment::ProviderAdjustment;
pub use simulator::{MAX_FILE_BYTES, Simulator};
pub use state::{Member, Standing};
pub use truth::{ClaimTruth, DecisionTruth, PaymentTruth, Told, Truth};
pub use year::{Week, YearClaim, YearLine, YearParties, year};
