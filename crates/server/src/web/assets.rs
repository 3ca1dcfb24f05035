//! Style sheets, scripts and icons inside the binary, under names that carry a hash of their content: a browser may
//! keep them for ever, and a new version has a new name. No page ever refers to another server.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// The style sheets in the order in which they apply; they are served as one.
const STYLES: &[&str] = &[
    "tokens", "base", "shell", "front", "panels", "actions", "states", "money", "tables", "facts", "queue", "panes",
    "steps", "handover", "forms", "timeline", "feedback", "charts", "screens", "narrow", "print",
];

/// How much of the hash stands in a name: 64 bits tell versions apart.
const HASH_BYTES: usize = 8;
/// Assets never change under their name: a year, the longest that caches honour.
const FOREVER: &str = "public, max-age=31536000, immutable";

struct Asset {
    address: String,
    media_type: &'static str,
    content: Vec<u8>,
}

fn assets() -> &'static BTreeMap<&'static str, Asset> {
    static ASSETS: OnceLock<BTreeMap<&'static str, Asset>> = OnceLock::new();
    ASSETS.get_or_init(|| {
        BTreeMap::from([
            ("tierline.css", asset("tierline", "css", styles())),
            ("theme.js", asset("theme", "js", file("scripts/theme.js"))),
            ("keys.js", asset("keys", "js", file("scripts/keys.js"))),
            ("timer.js", asset("timer", "js", file("scripts/timer.js"))),
            ("palette.js", asset("palette", "js", file("scripts/palette.js"))),
            ("live.js", asset("live", "js", file("scripts/live.js"))),
            ("drafts.js", asset("drafts", "js", file("scripts/drafts.js"))),
            ("htmx.js", asset("htmx", "js", file("vendor/htmx.min.js"))),
            ("mark.svg", asset("mark", "svg", file("mark.svg"))),
        ])
    })
}

fn asset(stem: &str, extension: &str, content: Vec<u8>) -> Asset {
    let hash: String = Sha256::digest(&content).iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
    let media_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    Asset { address: format!("/assets/{stem}-{hash}.{extension}"), media_type, content }
}

fn file(path: &str) -> Vec<u8> {
    Files::get(path).map(|file| file.data.into_owned()).unwrap_or_default()
}

fn styles() -> Vec<u8> {
    STYLES.iter().flat_map(|name| file(&format!("styles/{name}.css"))).collect()
}

/// The address of an asset by its plain name; an unknown name has an address that answers 404.
pub fn address(name: &str) -> &'static str {
    assets().get(name).map_or("/assets/none", |asset| asset.address.as_str())
}

/// Serves one asset.
pub async fn show(Path(name): Path<String>) -> Response {
    match assets().values().find(|asset| asset.address.strip_prefix("/assets/") == Some(&name)) {
        Some(asset) => {
            let headers = [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, FOREVER)];
            (headers, asset.content.as_slice()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_served_and_every_style_sheet_has_its_place() {
        for name in assets().keys().copied() {
            assert!(!assets()[name].content.is_empty(), "{name}");
        }
        let on_disk = Files::iter().filter(|path| path.starts_with("styles/")).count();
        assert_eq!(on_disk, STYLES.len(), "each style sheet stands once in STYLES");
    }
}
