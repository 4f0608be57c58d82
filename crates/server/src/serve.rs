//! Listening: plain HTTP behind a proxy, or TLS by the program itself when it is given a certificate.

use crate::routes::router;
use anyhow::{Context, Result};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use web::Shared;

const GRACE_SECONDS: u64 = 10;

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Serves until the program is told to stop; requests under way are finished.
///
/// # Errors
/// When the port is taken or the certificate does not read.
pub async fn serve(app: Shared, address: SocketAddr, tls: Option<Tls>) -> Result<()> {
    let service = router(app).into_make_service();
    let handle = Handle::new();
    tokio::spawn(stop_gracefully(handle.clone()));
    let taken = || format!("{address} cannot be listened on: is another program there? Choose another port with --port");
    match tls {
        None => axum_server::bind(address).handle(handle).serve(service).await.with_context(taken),
        Some(tls) => {
            // A provider that was set before is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config = RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
                .await
                .context("the certificate or its key does not read")?;
            axum_server::bind_rustls(address, config).handle(handle).serve(service).await.with_context(taken)
        }
    }
}

async fn stop_gracefully(handle: Handle<SocketAddr>) {
    let interrupted = tokio::signal::ctrl_c();
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
    handle.graceful_shutdown(Some(Duration::from_secs(GRACE_SECONDS)));
}
