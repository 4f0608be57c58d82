//! Style sheets and scripts: the components' and ours.

use crate::app::Shared;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src/templates"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src/assets"]
struct Assets;

/// Returns one of the kit's own templates.
pub(crate) fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

/// Serves a style sheet or script.
pub async fn serve(State(app): State<Shared>, Path(name): Path<String>) -> Response {
    let (kind, body): (&str, Option<Vec<u8>>) = match name.as_str() {
        "area.css" => ("text/css; charset=utf-8", Some(area_css(&app.area.setting.colour).into_bytes())),
        "govuk-frontend.css" => ("text/css; charset=utf-8", govuk::asset(&name)),
        "govuk-frontend.js" => ("text/javascript; charset=utf-8", govuk::asset(&name)),
        name => {
            let kind = match name.rsplit('.').next() {
                Some("css") => "text/css; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                Some("svg") => "image/svg+xml",
                _ => "application/octet-stream",
            };
            (kind, Assets::get(name).map(|file| file.data.into_owned()))
        }
    };
    match body {
        Some(body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Serves the worker that stands in where there is no connection: from the root, so that it stands in for every page.
pub async fn serve_worker() -> Response {
    match Assets::get("offline-worker.js") {
        Some(file) => {
            let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
            let body = format!("const VERSION = '{}'\n{}", version(), String::from_utf8_lossy(&file.data));
            (headers, body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A word that changes with our own files and the layout: the digests of all of them, laid over each other.
fn version() -> String {
    let files =
        Assets::iter().filter_map(|name| Assets::get(&name)).chain(Templates::iter().filter_map(|name| Templates::get(&name)));
    let digest = files.fold([0_u8; 32], |mut all, file| {
        all.iter_mut().zip(file.metadata.sha256_hash()).for_each(|(byte, other)| *byte ^= other);
        all
    });
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn area_css(colour: &str) -> String {
    format!(":root {{ --area-colour: {colour}; }}\n")
}
