//! Every route, with the right it needs. One line a route; nothing is reachable that does not stand here.

use super::policy::{Policy, Route, Routes};
use super::{assets, log_in};

/// The table, for the tests of every route against every role.
pub fn table() -> Vec<Route> {
    routes().into_parts().1
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/assets/{name}", Policy::Open, assets::show)
        .get("/log-in", Policy::Open, log_in::show)
        .post("/log-in", Policy::Open, log_in::create)
        .post("/log-out", Policy::Enrolling, log_in::delete)
}
