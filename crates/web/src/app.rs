//! What every request shares.

use crate::pages::Pages;
use access::World;
use area::Area;
use directory::Directory;
use std::path::PathBuf;
use std::sync::Arc;

/// How this installation runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether anybody may sign in as a made-up person: for trying it out alone.
    pub demo: bool,
    /// Where uploaded extracts are kept until they are read.
    pub uploads: PathBuf,
    /// The key that the journal's checkpoints must be signed by.
    pub journal_key: Vec<u8>,
}

/// The program as its pages see it.
pub struct App {
    /// Database, clock, ids, rules.
    pub world: World,
    /// The area's configuration.
    pub area: Arc<Area>,
    /// The service directory, in memory.
    pub directory: Directory,
    /// Templates and components.
    pub pages: Arc<Pages>,
    /// How it runs.
    pub settings: Settings,
}

/// The program, shared by its requests.
pub type Shared = Arc<App>;
