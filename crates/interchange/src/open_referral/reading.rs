//! Reading directories of others over HTTP, as the standard says: the list page by page, then what changed, one by one.

use access::World;
use area::Area;
use area::services::Source;
use axum::http::Uri;
use directory::service::ENTRY_MAX_BYTES;
use directory::sources::{self, Came, Listed, Reading};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use store::StoreResult;
use ureq::Agent;

/// Asked for at once; a source may give fewer.
const PER_PAGE: usize = 100;
/// A list of more pages than this does not end.
const PAGES_MAX: usize = 20_000;
/// So many entries are fetched at once: enough to hide the way there, and no burden on the source.
const AT_ONCE: usize = 6;
/// So many are kept together.
const TOGETHER: usize = 120;
/// More than so many entries that all fail to come are no fault of each.
const FAILED_MAX: usize = 20;
/// An id that is longer is none; it is cut where it is put aside.
const ID_MAX: usize = 80;
const PAGE_MAX_BYTES: u64 = 32 * 1024 * 1024;
const ANSWER_SECONDS: u64 = 30;

/// A page of a source's list; what else it says is not needed.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    total_items: Option<u64>,
    #[serde(default)]
    total_pages: Option<usize>,
    #[serde(default)]
    last_page: Option<bool>,
    contents: Vec<Box<RawValue>>,
}

/// What a list says of an entry.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    last_modified: Option<String>,
}

/// How directories of others are asked.
#[derive(Clone, Debug)]
pub struct Fetcher(Agent);

impl Default for Fetcher {
    fn default() -> Self {
        // A provider that was set before is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(Duration::from_secs(ANSWER_SECONDS)))
            // A source is where the area's configuration says, and nowhere else.
            .max_redirects(0)
            .max_idle_connections_per_host(AT_ONCE)
            .user_agent("Think Family directory reader")
            .build();
        Self(config.into())
    }
}

impl Fetcher {
    /// Fetches an address; what went wrong is said in words for whoever looks after the source.
    fn get(&self, address: &str, most: u64) -> Result<String, String> {
        address.parse::<Uri>().map_err(|_| format!("{address} is no address"))?;
        let mut answer =
            self.0.get(address).header("accept", "application/json").call().map_err(|e| format!("{address}: {e}"))?;
        answer.body_mut().with_config().limit(most).read_to_string().map_err(|e| format!("{address}: {e}"))
    }
}

/// Reads one directory: its whole list, and what of it changed. Nothing is read while another reading of it goes on.
///
/// # Errors
/// [`store::StoreError`] from the engine; what is wrong with the source is kept with the reading.
pub async fn read(world: &World, area: &Area, source: &Source, fetcher: &Fetcher) -> StoreResult<Option<Reading>> {
    let Some(mut reading) = sources::begin(world, source).await? else { return Ok(None) };
    let broken = match read_list(world, source, fetcher, &mut reading).await {
        Ok(broken) => broken,
        // It ends, and says so: the next one begins anew.
        Err(e) => Some(format!("what came could not be kept: {e}")),
    };
    sources::end(world, area, &mut reading, broken).await?;
    Ok(Some(reading))
}

/// Reads the list to its end; returns what broke it off.
async fn read_list(world: &World, source: &Source, fetcher: &Fetcher, reading: &mut Reading) -> StoreResult<Option<String>> {
    let base = source.url.trim_end_matches('/').to_owned();
    let mut seen = HashSet::new();
    for number in 1..=PAGES_MAX {
        let address = format!("{base}/services?page={number}&per_page={PER_PAGE}");
        if world.clock.now().as_second() - reading.began_at.as_second() > sources::READING_SECONDS_MAX / 2 {
            return Ok(Some(format!("it answers too slowly: {number} pages of its list were read in an hour")));
        }
        let page = match page(fetcher, address).await {
            Ok(page) => page,
            Err(problem) => return Ok(Some(problem)),
        };
        let heads: Vec<Listed> = page.contents.iter().map(|entry| head(entry)).collect();
        let new: Vec<Listed> = heads.into_iter().filter(|one| seen.insert(one.id.clone())).collect();
        if new.is_empty() && !page.contents.is_empty() {
            return Ok(Some(format!("page {number} of its list has nothing that was not on a page before")));
        }
        let wanted = sources::look_at_list(world, source, reading, new).await?;
        for some in wanted.chunks(TOGETHER) {
            let came = fetch(fetcher, &base, some.to_vec()).await;
            if came.len() < some.len() {
                return Ok(Some("some of its entries were lost on the way".to_owned()));
            }
            if came.len() > FAILED_MAX && came.iter().all(|one| one.entry.is_err()) {
                let first = came.into_iter().find_map(|one| one.entry.err()).unwrap_or_default();
                return Ok(Some(format!("none of {} entries came: {first}", some.len())));
            }
            sources::take(world, source, reading, came).await?;
        }
        let is_last = page.last_page == Some(true) || page.total_pages.is_some_and(|pages| number >= pages);
        if is_last || page.contents.is_empty() {
            let listed = seen.len() as u64;
            let missing = page.total_items.filter(|total| *total > listed);
            return Ok(missing.map(|total| format!("its list says {total} services and has {listed}")));
        }
    }
    Ok(Some(format!("its list does not end: {PAGES_MAX} pages were read")))
}

async fn page(fetcher: &Fetcher, address: String) -> Result<Page, String> {
    let fetcher = fetcher.clone();
    let read = move || {
        let text = fetcher.get(&address, PAGE_MAX_BYTES)?;
        serde_json::from_str(&text).map_err(|e| format!("{address} is no page of a list: {e}"))
    };
    tokio::task::spawn_blocking(read).await.map_err(|e| e.to_string())?
}

fn head(entry: &RawValue) -> Listed {
    let head: Option<Head> = serde_json::from_str(entry.get()).ok();
    let id = head.as_ref().and_then(|head| head.id.as_str()).map(str::to_owned);
    // What has no id is put aside under what it is.
    let id = id.unwrap_or_else(|| entry.get().to_owned());
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(ID_MAX).collect();
    Listed { id: plain(&id), modified: plain(&head.and_then(|head| head.last_modified).unwrap_or_default()) }
}

/// Fetches entries, several at once; each comes or says why not.
async fn fetch(fetcher: &Fetcher, base: &str, wanted: Vec<Listed>) -> Vec<Came> {
    let wanted = Arc::new(wanted);
    let mut workers = Vec::new();
    for first in 0..AT_ONCE.min(wanted.len()) {
        let (fetcher, base, wanted) = (fetcher.clone(), base.to_owned(), Arc::clone(&wanted));
        workers.push(tokio::task::spawn_blocking(move || {
            let mine = wanted.iter().skip(first).step_by(AT_ONCE);
            mine.map(|listed| Came { entry: entry(&fetcher, &base, listed), listed: listed.clone() }).collect::<Vec<Came>>()
        }));
    }
    let mut came = Vec::with_capacity(wanted.len());
    for worker in workers {
        came.extend(worker.await.unwrap_or_default());
    }
    came
}

fn entry(fetcher: &Fetcher, base: &str, listed: &Listed) -> Result<String, String> {
    // The id goes into an address: what is none never leaves.
    let id = uuid::Uuid::parse_str(&listed.id).map_err(|_| "id: it is no UUID".to_owned())?;
    fetcher.get(&format!("{base}/services/{id}"), ENTRY_MAX_BYTES as u64 + 1)
}
