//! Every page of the product.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use web::{Sample, Shared, TemplateSource};

/// Every crate's templates.
pub const TEMPLATES: [TemplateSource; 3] = [frontline::TEMPLATES, processes::TEMPLATES, desk::TEMPLATES];

/// Returns every page's samples.
pub fn samples() -> Vec<Sample> {
    [desk::samples(), frontline::samples(), processes::samples()].concat()
}

/// Returns the whole product as one service.
pub fn router(app: Shared) -> Router {
    Router::new()
        .merge(desk::routes())
        .merge(frontline::routes())
        .merge(processes::routes())
        .merge(interchange::routes())
        .layer(DefaultBodyLimit::max(web::forms::FORM_MAX_BYTES))
        .layer(from_fn_with_state(app.clone(), web::around::around))
        .route("/assets/{name}", get(web::assets::serve))
        .route("/offline-worker.js", get(web::assets::serve_worker))
        .route("/health", get(|| async { StatusCode::NO_CONTENT }))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .with_state(app)
}
