//! Every route, with the right it needs. One line a route; nothing is reachable that does not stand here.

use billing::access::Action;

use super::policy::{Policy, Route, Routes};
use super::{
    access_log, adjustments, answers, assets, bank, calls, claims, contacts, corrections, credits, day_sheet, deposits,
<<<<<<< HEAD
    encounters, estates, events, find, guarantor, home, inquiries, jobs, keyed_remittances, limits, log_in,
    log_in_reset, me, medicare_questions, money_rules, notices, palette, patients, pay, pay_links, payers_ledger,
    payments, periods, posting_preview, reconciliations, refunds, registration, remittances, reports,
    returned_payments, sent_claims, settings, small_balances, statements, stored_files, unmatched, users, visit_hands,
    visits, wall, work, write_offs,
=======
    encounters, events, find, guarantor, home, inquiries, jobs, keyed_remittances, limits, log_in, log_in_reset, me,
    medicare_questions, money_rules, notices, palette, patients, pay, pay_links, payers_ledger, payments, periods,
    posting_preview, reconciliations, refunds, registration, remittances, reports, returned_payments, routing,
    sent_claims, settings, small_balances, statements, stored_files, teams, unmatched, users, visit_hands, visits,
    wall, work, write_offs,
>>>>>>> 2243cc6 (Work finds its team, its skill and its place by rules; people take the next best item)
};

/// The table, for the tests of every route against every role.
pub fn table() -> Vec<Route> {
    routes().into_parts().1
}

pub(super) fn routes() -> Routes {
    let routes = entrance(Routes::new());
    let routes = desk(routes);
    let routes = deposit_pages(money_back(records(routes)));
    let routes = setting_pages(routes);
    patient_pages(routes)
}

/// Signing in and one's own log-in.
fn entrance(routes: Routes) -> Routes {
    routes
        .get("/assets/{name}", Policy::Open, assets::show)
        .get("/log-in", Policy::Open, log_in::show)
        .post("/log-in", Policy::Open, log_in::create)
        .get("/log-in/reset", Policy::Open, log_in_reset::show)
        .post("/log-in/reset", Policy::Open, log_in_reset::redeem)
        .get("/pay/{token}", Policy::Open, pay::show)
        .post("/pay/{token}", Policy::Open, pay::identify)
        .post("/pay/{token}/amount", Policy::Open, pay::choose)
        .post("/pay/notices", Policy::Open, pay::receive)
        .post("/log-out", Policy::Enrolling, log_in::delete)
        .get("/me", Policy::Enrolling, me::show)
        .post("/me/password", Policy::Enrolling, me::change_password)
        .post("/me/device", Policy::Enrolling, me::enrol)
        .post("/me/tokens", Policy::May(Action::ManageOwnLogin), me::make_token)
        .get("/users", Policy::May(Action::ViewUsers), users::index)
        .post("/users", Policy::May(Action::ManageUsers), users::create)
        .get("/users/{id}/roles", Policy::May(Action::ManageUsers), users::edit_roles)
        .post("/users/{id}/roles", Policy::May(Action::ManageUsers), users::change_roles)
        .post("/users/{id}/approval", Policy::May(Action::ApproveUsers), users::approve)
        .post("/users/{id}/disabling", Policy::May(Action::DisableUser), users::disable)
        .post("/users/{id}/reset", Policy::May(Action::ManageUsers), users::ask_reset)
        .post("/users/{id}/reset/approval", Policy::May(Action::ApproveUsers), users::approve_reset)
        .get("/access", Policy::May(Action::ViewAccessEvents), access_log::index)
        .post("/access", Policy::May(Action::ViewAccessEvents), access_log::filter)
        .get("/jobs", Policy::May(Action::RunJobs), jobs::index)
        .post("/jobs", Policy::May(Action::RunJobs), jobs::run)
}

/// Work and questions.
fn desk(routes: Routes) -> Routes {
    routes
        .get("/", Policy::May(Action::ViewHome), home::index)
        .get("/work", Policy::May(Action::ViewWorklist), work::index)
        .post("/palette", Policy::May(Action::ViewHome), palette::look)
        .get("/events", Policy::May(Action::ViewWorklist), events::stream)
        .get("/notices", Policy::May(Action::ViewWorklist), notices::index)
        .post("/notices/reading", Policy::May(Action::ViewWorklist), notices::read)
        .post("/notices/letter", Policy::May(Action::ViewWorklist), notices::set_letter)
        .get("/wall", Policy::May(Action::ViewAllWork), wall::show)
        .post("/work/bulk", Policy::May(Action::ViewWorklist), work::bulk::look)
        .post("/work/bulk/doing", Policy::May(Action::ViewWorklist), work::bulk::carry_out)
        .post("/work/views", Policy::May(Action::ViewWorklist), work::views::save)
        .post("/work/views/{id}/removal", Policy::May(Action::ViewWorklist), work::views::remove)
        .post("/work/next", Policy::May(Action::ViewWorklist), work::take_next)
        .get("/work/{id}", Policy::May(Action::ViewWorklist), work::show)
        .post("/work/{id}/assignment", Policy::May(Action::ViewWorklist), work::take)
        .post("/work/{id}/assignment/end", Policy::May(Action::ViewWorklist), work::put_back)
        .post("/work/{id}/undo", Policy::May(Action::ViewWorklist), work::undo)
        .post("/work/{id}/drafts", Policy::May(Action::ViewWorklist), work::keep_draft)
        .post("/work/{id}/drafts/removal", Policy::May(Action::ViewWorklist), work::drop_drafts)
        .post("/work/{id}/escalations", Policy::May(Action::EscalateWork), work::escalate)
        .post("/work/{id}/returns", Policy::May(Action::ReturnWork), work::give_back)
        .post("/work/{id}/resolutions", Policy::May(Action::ViewWorklist), work::resolve)
        .post("/work/{id}/applications", Policy::May(Action::ApplyUnappliedCash), work::apply)
        .post("/work/{id}/reopening", Policy::May(Action::MendOtherRejection), sent_claims::reopen)
        .post("/work/{id}/readings", Policy::May(Action::ViewWorklist), work::read_again)
        .get("/work/{id}/file", Policy::May(Action::ViewWorklist), stored_files::of_work)
        .post("/work/{id}/notes", Policy::May(Action::ViewWorklist), work::note)
        .get("/inquiries", Policy::May(Action::LogInquiry), inquiries::index)
        .get("/inquiries/new", Policy::May(Action::LogInquiry), inquiries::new)
        .post("/inquiries", Policy::May(Action::LogInquiry), inquiries::create)
        .get("/inquiries/{id}", Policy::May(Action::AnswerInquiry), inquiries::show)
        .post("/inquiries/{id}/search", Policy::May(Action::AnswerInquiry), inquiries::search)
        .post("/inquiries/{id}/identity", Policy::May(Action::AnswerInquiry), inquiries::verify)
        .post("/inquiries/{id}/checks", Policy::May(Action::AllowIdentityChecks), inquiries::allow_checks)
        .post("/inquiries/{id}/answer", Policy::May(Action::AnswerInquiry), inquiries::answer)
        .post("/inquiries/{id}/escalations", Policy::May(Action::EscalateWork), inquiries::escalate)
        .get("/inquiries/{id}/answers/{question}", Policy::May(Action::AnswerInquiry), answers::show)
        .get("/inquiries/{id}/answers/{question}/pdf", Policy::May(Action::AnswerInquiry), answers::pdf)
        .post("/inquiries/{id}/answers/{question}/sendings", Policy::May(Action::AnswerInquiry), answers::send)
        .get("/calls", Policy::May(Action::LogInquiry), calls::index)
        .post("/calls/days", Policy::May(Action::ChangeLimits), calls::set_days)
        .get("/calls/{id}", Policy::May(Action::LogInquiry), calls::payer)
        .post("/calls/{id}", Policy::May(Action::LogInquiry), calls::log)
        .post("/calls/{id}/card", Policy::May(Action::LogInquiry), calls::keep_card)
        .post("/promises/{id}", Policy::May(Action::LogInquiry), contacts::end_promise)
}

/// What we hold that is another's, what goes back, what is given up.
fn money_back(routes: Routes) -> Routes {
    routes
        .get("/credits", Policy::May(Action::ViewRefunds), credits::index)
        .post("/credits/{id}/investigation", Policy::May(Action::RequestRefund), credits::investigate)
        .post("/credits/{id}/finding", Policy::May(Action::RequestRefund), credits::conclude)
        .get("/refunds", Policy::May(Action::ViewRefunds), refunds::index)
        .post("/refunds/{id}/approval", Policy::May(Action::ApproveRefund), refunds::approve)
        .post("/refunds/{id}/cancellation", Policy::May(Action::ApproveRefund), refunds::cancel)
        .post("/refunds/{id}/refusal", Policy::May(Action::ApproveRefund), refunds::refuse)
        .post("/refunds/{id}/withdrawal", Policy::May(Action::RequestRefund), refunds::withdraw)
        .get("/refunds/uncashed", Policy::May(Action::ViewRefunds), refunds::uncashed)
        .post("/refunds/{id}/stop", Policy::May(Action::SendRefund), refunds::stop)
        .post("/refunds/{id}/sending", Policy::May(Action::SendRefund), refunds::send)
        .get("/write-offs", Policy::May(Action::ViewWriteOffs), write_offs::index)
        .get("/write-offs/small-balances", Policy::May(Action::RequestWriteOff), small_balances::index)
        .post("/write-offs/small-balances", Policy::May(Action::RequestWriteOff), small_balances::ask)
        .post("/write-offs/approvals", Policy::May(Action::ApproveWriteOff), small_balances::approve)
        .post("/write-offs/{id}/approval", Policy::May(Action::ApproveWriteOff), write_offs::approve)
        .post("/write-offs/{id}/refusal", Policy::May(Action::ApproveWriteOff), write_offs::refuse)
        .post("/write-offs/{id}/withdrawal", Policy::May(Action::RequestWriteOff), write_offs::withdraw)
        .post("/write-offs/{id}/undoing", Policy::May(Action::ApproveWriteOff), write_offs::undo)
}

/// Claims, accounts, remittances.
fn records(routes: Routes) -> Routes {
    routes
        .post("/find", Policy::May(Action::FindPatient), find::show)
        .get("/claims", Policy::May(Action::ViewClaim), claims::index)
        .get("/claims/{id}", Policy::May(Action::ViewClaim), claims::show)
        .post("/claims/{id}/sendings", Policy::May(Action::SubmitInitialClaim), sent_claims::resend)
        .post("/claims/{id}/questions", Policy::May(Action::VerifyInsurance), sent_claims::ask)
        .post("/claims/{id}/scrub", Policy::May(Action::SubmitInitialClaim), claims::scrub)
        .post("/claims/{id}/corrections", Policy::May(Action::SendCorrectedClaim), corrections::begin)
        .post("/claims/{id}/corrections/sending", Policy::May(Action::SendCorrectedClaim), corrections::send)
        .post("/claims/{id}/corrections/dropping", Policy::May(Action::SendCorrectedClaim), corrections::drop_it)
        .post("/claims/{id}/crossover/end", Policy::May(Action::SubmitInitialClaim), corrections::end_crossover)
        .post("/claims/{id}/waivers", Policy::May(Action::PassScrubWarning), claims::pass_warning)
        .get("/remittances", Policy::May(Action::ViewRemittance), remittances::index)
        .post("/remittances", Policy::May(Action::ImportRemittance), posting_preview::upload)
        .get("/remittances/unmatched", Policy::May(Action::ViewDeposits), unmatched::index)
        .get("/remittances/unmatched/{id}", Policy::May(Action::ViewDeposits), unmatched::show)
        .post("/remittances/unmatched/{id}/matches", Policy::May(Action::ApplyUnappliedCash), unmatched::match_to)
        .post("/remittances/unmatched/{id}/undoing", Policy::May(Action::ApplyUnappliedCash), unmatched::unmatch)
        .post("/remittances/unmatched/{id}/splits", Policy::May(Action::ApplyUnappliedCash), unmatched::split)
        .post("/remittances/unmatched/{id}/legacy", Policy::May(Action::ApplyUnappliedCash), unmatched::legacy)
        .post("/remittances/unmatched/{id}/settlements", Policy::May(Action::ApplyUnappliedCash), unmatched::settle)
        .post("/remittances/unmatched/{id}/requests", Policy::May(Action::ReleaseQuarantine), unmatched::ask)
        .get("/remittances/requests", Policy::May(Action::ViewDeposits), unmatched::requests)
        .post("/remittances/requests/{id}/approval", Policy::May(Action::ApproveQuarantineRelease), unmatched::approve)
        .post("/remittances/requests/{id}/refusal", Policy::May(Action::ApproveQuarantineRelease), unmatched::refuse)
        .post("/remittances/requests/{id}/withdrawal", Policy::May(Action::ReleaseQuarantine), unmatched::withdraw)
        .post("/remittances/requests/{id}/sending", Policy::May(Action::SendRefund), unmatched::send)
        .get("/remittances/{id}", Policy::May(Action::ViewRemittance), remittances::show)
        .get("/remittances/{id}/file", Policy::May(Action::ViewRemittance), stored_files::of_remittance)
        .post("/remittances/{id}/posting", Policy::May(Action::PostRemittance), posting_preview::post)
        .get("/payers/ledger", Policy::May(Action::ViewRemittance), payers_ledger::index)
        .get("/bank", Policy::May(Action::ViewDeposits), bank::index)
        .post("/bank/statements", Policy::May(Action::WorkDeposits), bank::take)
        .post("/bank/{id}/match", Policy::May(Action::WorkDeposits), bank::match_to)
        .post("/bank/{id}/desk", Policy::May(Action::WorkDeposits), bank::is_from_desk)
        .post("/bank/{id}/other", Policy::May(Action::ReconcileBank), bank::is_other)
        .post("/bank/{id}/back", Policy::May(Action::ReconcileBank), bank::take_back)
        .post("/bank/{id}/slip", Policy::May(Action::WorkDeposits), deposits::match_line)
        .get("/periods", Policy::May(Action::ViewReports), periods::index)
        .get("/periods/{month}", Policy::May(Action::ViewReports), periods::show)
        .post("/periods/{month}/closing", Policy::May(Action::ClosePeriod), periods::close)
        .post("/periods/{month}/reopening", Policy::May(Action::ClosePeriod), periods::ask)
        .post("/periods/{month}/reopening/approval", Policy::May(Action::ApprovePeriod), periods::approve)
        .post("/periods/{month}/reopening/refusal", Policy::May(Action::ApprovePeriod), periods::refuse)
        .get("/reports", Policy::May(Action::ViewReports), reports::index)
        .get("/reports/conflicts", Policy::May(Action::ViewOwnerReport), reports::conflicts)
        .get("/reports/{key}", Policy::May(Action::ViewReports), reports::show)
}

/// From the drawer to the bank and the signed month.
fn deposit_pages(routes: Routes) -> Routes {
    routes
        .get("/deposits", Policy::May(Action::ViewDeposits), deposits::index)
        .post("/deposits", Policy::May(Action::WorkDeposits), deposits::count)
        .get("/deposits/{id}", Policy::May(Action::ViewDeposits), deposits::show)
        .get("/deposits/{id}/pdf", Policy::May(Action::ViewDeposits), deposits::pdf)
        .post("/deposits/{id}/approval", Policy::May(Action::ApproveDepositDifference), deposits::approve)
        .post("/deposits/{id}/bank-approval", Policy::May(Action::ApproveDepositDifference), deposits::approve_bank)
        .post("/deposits/{id}/bank-refusal", Policy::May(Action::ApproveDepositDifference), deposits::refuse_bank)
        .post("/deposits/{id}/taking-apart", Policy::May(Action::WorkDeposits), deposits::take_apart)
        .get("/drawer", Policy::May(Action::CloseDrawer), deposits::drawer)
        .post("/drawer", Policy::May(Action::CloseDrawer), deposits::close_drawer)
        .post("/drawers/{id}/acceptance", Policy::May(Action::ApproveDepositDifference), deposits::accept_drawer)
        .get("/day-sheet", Policy::May(Action::ViewDeposits), day_sheet::show)
        .get("/day-sheet/{account}", Policy::May(Action::ViewDeposits), day_sheet::entries)
        .get("/bank/withdrawals", Policy::May(Action::ViewDeposits), reconciliations::withdrawals)
        .post("/bank/withdrawals/{id}/sent", Policy::May(Action::WorkDeposits), reconciliations::is_sent)
        .post("/bank/withdrawals/{id}/other", Policy::May(Action::ReconcileBank), reconciliations::is_other)
        .post("/bank/withdrawals/{id}/back", Policy::May(Action::ReconcileBank), reconciliations::take_back)
        .get("/reconciliations", Policy::May(Action::ViewDeposits), reconciliations::index)
        .post("/reconciliations", Policy::May(Action::ReconcileBank), reconciliations::sign)
        .get("/returned-payments", Policy::May(Action::ViewDeposits), returned_payments::index)
        .post("/returned-payments", Policy::May(Action::ReturnPayment), returned_payments::record)
        .post("/returned-payments/{id}/decision", Policy::May(Action::ReturnPayment), returned_payments::decide)
        .get("/pay-links", Policy::May(Action::ViewDeposits), pay_links::index)
        .post("/pay-links/{id}/account", Policy::May(Action::PostManualPayment), pay_links::place)
        .get("/keyed", Policy::May(Action::PostManualPayment), keyed_remittances::index)
        .post("/keyed", Policy::May(Action::PostManualPayment), keyed_remittances::begin)
        .get("/keyed/{id}", Policy::May(Action::PostManualPayment), keyed_remittances::show)
        .post("/keyed/{id}", Policy::May(Action::PostManualPayment), keyed_remittances::save)
        .post("/keyed/{id}/posting", Policy::May(Action::PostManualPayment), keyed_remittances::post)
        .post("/keyed/{id}/dropping", Policy::May(Action::PostManualPayment), keyed_remittances::drop_it)
        .post("/keyed/{id}/scans", Policy::May(Action::PostManualPayment), keyed_remittances::attach)
        .get("/scans/{id}", Policy::May(Action::ViewRemittance), keyed_remittances::scan)
        .get("/reconciliations/{id}", Policy::May(Action::ViewDeposits), reconciliations::show)
}

/// The practice, its providers and its payers.
fn setting_pages(routes: Routes) -> Routes {
    routes
        .get("/settings", Policy::May(Action::ViewSettings), settings::index)
        .get("/settings/practice", Policy::May(Action::ChangePractice), settings::edit_practice)
        .post("/settings/practice", Policy::May(Action::ChangePractice), settings::change_practice)
        .get("/settings/limits", Policy::May(Action::ViewSettings), limits::index)
        .post("/settings/limits", Policy::May(Action::ChangeLimits), limits::change)
        .get("/settings/money-rules", Policy::May(Action::ViewSettings), money_rules::index)
        .post("/settings/money-rules", Policy::May(Action::ChangeMoneyRules), money_rules::change)
        .get("/settings/pay-links", Policy::May(Action::ViewSettings), pay_links::setting)
        .post("/settings/pay-links", Policy::May(Action::ChangePaymentPage), pay_links::set)
        .get("/settings/teams", Policy::May(Action::ViewAllWork), teams::index)
        .post("/settings/teams", Policy::May(Action::ArrangeWork), teams::change_team)
        .post("/settings/teams/people", Policy::May(Action::ArrangeWork), teams::change_worker)
        .post("/settings/teams/absences", Policy::May(Action::ArrangeWork), teams::add_absence)
        .post("/settings/teams/absences/{id}/calling-off", Policy::May(Action::ArrangeWork), teams::call_off)
        .post("/settings/teams/share", Policy::May(Action::ArrangeWork), teams::change_share)
        .get("/settings/routing", Policy::May(Action::ViewAllWork), routing::index)
        .post("/settings/routing", Policy::May(Action::ArrangeWork), routing::change)
        .post("/settings/routing/withdrawal", Policy::May(Action::ArrangeWork), routing::withdraw)
        .get("/settings/adjustments", Policy::May(Action::ViewSettings), adjustments::index)
        .post("/settings/adjustments", Policy::May(Action::ChangeAdjustmentRules), adjustments::change)
        .post("/settings/adjustments/{id}/retirement", Policy::May(Action::ChangeAdjustmentRules), adjustments::retire)
        .get("/providers/new", Policy::May(Action::EditProvider), settings::new_provider)
        .post("/providers", Policy::May(Action::EditProvider), settings::create_provider)
        .get("/providers/{id}/edit", Policy::May(Action::EditProvider), settings::edit_provider)
        .post("/providers/{id}", Policy::May(Action::EditProvider), settings::change_provider)
        .get("/payers/new", Policy::May(Action::EditPayer), settings::new_payer)
        .post("/payers", Policy::May(Action::EditPayer), settings::create_payer)
        .get("/payers/{id}/edit", Policy::May(Action::EditPayer), settings::edit_payer)
        .post("/payers/{id}", Policy::May(Action::EditPayer), settings::change_payer)
}

/// A patient's account and what is entered on it.
fn patient_pages(routes: Routes) -> Routes {
    routes
        .get("/patients", Policy::May(Action::FindPatient), find::index)
        .get("/patients/new", Policy::May(Action::RegisterPatient), registration::new_patient)
        .post("/patients", Policy::May(Action::RegisterPatient), registration::create_patient)
        .get("/patients/{id}", Policy::May(Action::ViewPatient), patients::show)
        .get("/patients/{id}/edit", Policy::May(Action::EditDemographics), registration::edit_patient)
        .post("/patients/{id}", Policy::May(Action::EditDemographics), registration::change_patient)
        .get("/patients/{id}/contact", Policy::May(Action::LogInquiry), contacts::show)
        .post("/patients/{id}/contact", Policy::May(Action::EditDemographics), contacts::record)
        .post("/patients/{id}/interactions", Policy::May(Action::LogInquiry), contacts::log)
        .get("/patients/{id}/guarantor", Policy::May(Action::EditDemographics), guarantor::edit)
        .post("/patients/{id}/guarantor", Policy::May(Action::EditDemographics), guarantor::change)
        .get("/patients/{id}/estate", Policy::May(Action::ViewPatient), estates::show)
        .post("/patients/{id}/estate", Policy::May(Action::EditDemographics), estates::record)
        .get("/patients/{id}/medicare", Policy::May(Action::EditCoverage), medicare_questions::show)
        .post("/patients/{id}/medicare", Policy::May(Action::EditCoverage), medicare_questions::save)
        .get("/coverages/{id}/edit", Policy::May(Action::EditCoverage), registration::edit_coverage)
        .post("/coverages/{id}", Policy::May(Action::EditCoverage), registration::change_coverage)
        .post("/coverages/{id}/first", Policy::May(Action::EditCoverage), registration::pay_first)
        .get("/encounters/{id}/edit", Policy::May(Action::EnterCharges), visits::edit)
        .post("/encounters/{id}", Policy::May(Action::EnterCharges), visits::change)
        .post("/encounters/{id}/plan-billing", Policy::May(Action::EditCoverage), visit_hands::bill_plan)
        .post("/encounters/{id}/next-billing", Policy::May(Action::SubmitInitialClaim), visit_hands::bill_next)
        .post("/encounters/{id}/patient-billing", Policy::May(Action::EditCoverage), visit_hands::bill_patient)
        .post("/encounters/{id}/waiver", Policy::May(Action::ApproveWriteOff), money_rules::waive)
        .post("/encounters/{id}/dismissal", Policy::May(Action::EnterCharges), visit_hands::dismiss)
        .get("/encounters/{id}/codes", Policy::May(Action::ChangeCodes), visits::edit_codes)
        .post("/encounters/{id}/codes", Policy::May(Action::ChangeCodes), visits::change_codes)
        .post("/patients/{id}/eligibility", Policy::May(Action::VerifyInsurance), patients::ask_eligibility)
        .get("/patients/{id}/coverages/new", Policy::May(Action::EditCoverage), registration::new_coverage)
        .post("/patients/{id}/coverages", Policy::May(Action::EditCoverage), registration::create_coverage)
        .get("/patients/{id}/encounters/new", Policy::May(Action::EnterCharges), encounters::new)
        .post("/patients/{id}/encounters", Policy::May(Action::EnterCharges), encounters::create)
        .get("/patients/{id}/payments/new", Policy::May(Action::TakeCashPayment), payments::new)
        .post("/patients/{id}/payments", Policy::May(Action::TakeCashPayment), payments::create)
        .get("/patients/{id}/payments/{payment}", Policy::May(Action::ViewPatient), payments::show)
        .get("/patients/{id}/payments/{payment}/pdf", Policy::May(Action::ViewPatient), payments::pdf)
        .post("/patients/{id}/pay-links", Policy::May(Action::ManagePayLinks), pay_links::make)
        .post("/patients/{id}/pay-links/{link}/revocation", Policy::May(Action::ManagePayLinks), pay_links::revoke)
        .post("/patients/{id}/refunds", Policy::May(Action::RequestRefund), refunds::ask)
        .post("/patients/{id}/write-offs", Policy::May(Action::RequestWriteOff), write_offs::ask)
        .get("/statements", Policy::May(Action::ViewStatement), statements::index)
        .post("/statements", Policy::May(Action::RunStatements), statements::run)
        .post("/patients/{id}/statements", Policy::May(Action::SendStatement), statements::issue)
        .post("/patients/{id}/statement-hold", Policy::May(Action::SendStatement), statements::hold)
        .post("/patients/{id}/statement-hold/end", Policy::May(Action::SendStatement), statements::lift_hold)
        .get("/patients/{id}/statements/{statement}", Policy::May(Action::ViewStatement), statements::show)
        .get("/patients/{id}/statements/{statement}/pdf", Policy::May(Action::ViewStatement), statements::pdf)
}
