//! Which right a route needs. A route cannot be registered without one, and a refusal looks like absence.

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use billing::access::{Action, ResourceState, Standing, authorize};

use super::Desk;
use super::refusal::Refusal;
use super::session::SignedIn;

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Nothing: log-in, assets, health.
    Open,
    /// A session that may still have to enrol a device.
    Enrolling,
    /// A row of the permission matrix. What depends on the state of the thing is asked again by the use case.
    May(Action),
}

/// One line of the route table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// GET or POST.
    pub method: &'static str,
    /// The path, with `{names}` for what varies.
    pub path: &'static str,
    /// What it asks.
    pub policy: Policy,
}

/// Collects routes with their policies.
pub(super) struct Routes {
    router: Router<Desk>,
    table: Vec<Route>,
}

impl Routes {
    pub(super) fn new() -> Routes {
        Routes { router: Router::new(), table: Vec::new() }
    }

    /// A page.
    pub(super) fn get<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Routes
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.on("GET", MethodFilter::GET, path, policy, handler)
    }

    /// An action.
    pub(super) fn post<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Routes
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.on("POST", MethodFilter::POST, path, policy, handler)
    }

    fn on<H, T>(
        mut self,
        method: &'static str,
        filter: MethodFilter,
        path: &'static str,
        policy: Policy,
        handler: H,
    ) -> Routes
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        let guard = from_fn(move |request: Request, next: Next| guard(policy, request, next));
        self.router = self.router.route(path, on(filter, handler).route_layer(guard));
        self.table.push(Route { method, path, policy });
        self
    }

    pub(super) fn into_parts(self) -> (Router<Desk>, Vec<Route>) {
        (self.router, self.table)
    }
}

/// Marks an answer that the policy refused. It stays inside the process: over the wire a refusal looks like absence.
#[derive(Debug, Clone, Copy)]
pub struct ByPolicy;

async fn guard(policy: Policy, request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<SignedIn>();
    let refusal = match (policy, signed_in) {
        (Policy::Open, _) => None,
        (Policy::Enrolling | Policy::May(_), None) => Some(to_log_in(&request)),
        // A token could else make its own successor, and outlive every end that was set to it.
        (Policy::Enrolling | Policy::May(Action::ManageOwnLogin), Some(who)) if who.by_token => {
            Some((Extension(ByPolicy), Refusal::Absent).into_response())
        }
        (Policy::Enrolling, Some(_)) => None,
        (Policy::May(_), Some(who)) if who.standing == Standing::Enrolling => Some(Redirect::to("/me").into_response()),
        (Policy::May(action), Some(who)) => authorize(&who.actor, action, &ResourceState::default())
            .err()
            .map(|denied| (Extension(ByPolicy), Refusal::from(app::Error::from(denied))).into_response()),
    };
    match refusal {
        None => next.run(request).await,
        Some(response) => response,
    }
}

/// Where an unknown visitor goes: the log-in page, which brings a reader back to where they were.
fn to_log_in(request: &Request) -> Response {
    if request.method() == Method::GET && request.uri().path() != "/" {
        Redirect::to(&format!("/log-in?to={}", request.uri().path())).into_response()
    } else {
        Redirect::to("/log-in").into_response()
    }
}
