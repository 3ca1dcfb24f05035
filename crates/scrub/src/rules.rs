//! The registry: every rule is one file here and one line in `ALL`. A file without a line fails a test.
//!
//! To add a rule: copy the nearest file, change its constant, its check and its two tests, and add a line below.

use crate::Rule;

mod accident_state;
mod already_billed;
mod bilateral_modifier;
mod billing_address;
mod billing_street_address;
mod billing_tax_id;
mod billing_zip_plus_four;
mod birth_date;
mod charge_positive;
mod claim_indicators;
mod claim_total;
mod coverage_active;
mod date_order;
mod diagnosis_age;
mod diagnosis_detail;
mod diagnosis_in_force;
mod diagnosis_listed;
mod diagnosis_present;
mod diagnosis_twice;
mod drug_form;
mod drug_number;
mod duplicate_line;
mod excludes_one;
mod external_cause_first;
mod filing_limit;
mod first_payer_decision;
mod future_date;
mod gender;
mod hands_on_at_a_distance;
mod laboratory_certificate;
mod manifestation_first;
mod medicare_secondary_type;
mod member_number;
mod modifier_form;
mod modifier_known;
mod names_fit;
mod note_length;
mod npi_range;
mod ordering_provider;
mod patient_relationship;
mod payer_identity;
mod permission_numbers;
mod place_of_service;
mod pointer_count;
mod pointer_missing;
mod pointer_range;
mod prior_payer_balance;
mod procedure_form;
mod procedure_in_force;
mod procedure_listed;
mod referring_provider;
mod rendering_provider;
mod replacement_accepted;
mod replacement_number;
mod same_day_visit_modifier;
mod service_facility;
mod service_lines;
mod subscriber_address;
mod subscriber_name;
mod taxonomy;
mod telehealth_place_of_service;
mod two_visits_one_day;
mod units_positive;
mod visit_units;

/// Every rule, in the order of a claim: who, who pays, who treats, when, why, what, and what follows.
pub const ALL: &[&Rule] = &[
    &subscriber_name::RULE,
    &names_fit::RULE,
    &member_number::RULE,
    &subscriber_address::RULE,
    &patient_relationship::RULE,
    &birth_date::RULE,
    &gender::RULE,
    &payer_identity::RULE,
    &first_payer_decision::RULE,
    &prior_payer_balance::RULE,
    &medicare_secondary_type::RULE,
    &npi_range::RULE,
    &billing_zip_plus_four::RULE,
    &billing_street_address::RULE,
    &billing_address::RULE,
    &billing_tax_id::RULE,
    &taxonomy::RULE,
    &rendering_provider::RULE,
    &referring_provider::RULE,
    &ordering_provider::RULE,
    &service_facility::RULE,
    &service_lines::RULE,
    &future_date::RULE,
    &date_order::RULE,
    &filing_limit::RULE,
    &coverage_active::RULE,
    &diagnosis_present::RULE,
    &diagnosis_listed::RULE,
    &diagnosis_detail::RULE,
    &diagnosis_in_force::RULE,
    &diagnosis_twice::RULE,
    &external_cause_first::RULE,
    &manifestation_first::RULE,
    &diagnosis_age::RULE,
    &excludes_one::RULE,
    &pointer_missing::RULE,
    &pointer_range::RULE,
    &pointer_count::RULE,
    &procedure_form::RULE,
    &procedure_in_force::RULE,
    &procedure_listed::RULE,
    &modifier_form::RULE,
    &modifier_known::RULE,
    &bilateral_modifier::RULE,
    &same_day_visit_modifier::RULE,
    &two_visits_one_day::RULE,
    &visit_units::RULE,
    &units_positive::RULE,
    &charge_positive::RULE,
    &claim_total::RULE,
    &duplicate_line::RULE,
    &already_billed::RULE,
    &place_of_service::RULE,
    &telehealth_place_of_service::RULE,
    &hands_on_at_a_distance::RULE,
    &replacement_number::RULE,
    &replacement_accepted::RULE,
    &accident_state::RULE,
    &laboratory_certificate::RULE,
    &drug_number::RULE,
    &drug_form::RULE,
    &claim_indicators::RULE,
    &permission_numbers::RULE,
    &note_length::RULE,
];
