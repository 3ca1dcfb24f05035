//! The router with everything around it: cross-origin protection, headers, limits, the session.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::refusal::Refusal;
use super::{Desk, api, routes, session};

/// The largest request body: an 835 of 10,000 claims has about 8 MB.
pub(super) const BODY_BYTES: usize = 64 * 1024 * 1024;
/// A page that takes longer than this is broken; a large import has this long to be read.
const SLOWEST_PAGE: Duration = Duration::from_secs(60);

/// Scripts and styles only from ourselves and never inline; no frames, no other servers.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every answer.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
];

/// The desk as a service.
pub fn router(desk: Desk) -> Router {
    let (routes, _) = routes::routes().into_parts();
    routes
        .fallback(|| async { Refusal::Absent })
        .method_not_allowed_fallback(|| async { Refusal::Absent })
        .layer(from_fn(api::speak))
        .layer(from_fn_with_state(desk.clone(), session::load))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, SLOWEST_PAGE))
        .layer(CatchPanicLayer::custom(|_| Refusal::Broken("a page panicked".into()).into_response()))
        .layer(from_fn(headers))
        .layer(CompressionLayer::new())
        .with_state(desk)
}

/// Adds the security headers; what is not an asset is never kept by a browser or proxy.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
