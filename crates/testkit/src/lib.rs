//! A world for a test: its own database on either engine, the example area, personas with names, a clock that stands still.
//!
//! PostgreSQL is used beside SQLite when `TEST_POSTGRES_URL` names a server where databases may be made.

pub mod unseen;

use access::{Actor, Ctx, Policies, World, people};
use area::Area;
use kernel::Timestamp;
use kernel::clock::Clock;
use kernel::ids::Ids;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use store::{Db, area as areas, migrations};

/// A test's world.
pub struct TestWorld {
    /// What requests get.
    pub world: World,
    /// The example area.
    pub area: Arc<Area>,
    actors: BTreeMap<String, Actor>,
    _folder: tempfile::TempDir,
}

impl TestWorld {
    /// Returns the persona whose name begins so: "Helen", "Grace".
    ///
    /// # Panics
    /// When the example area has no such practitioner.
    pub fn actor(&self, name: &str) -> Actor {
        match self.actors.iter().find(|(whole, _)| whole.starts_with(name)) {
            Some((_, actor)) => actor.clone(),
            None => panic!("the example area has no practitioner {name}"),
        }
    }

    /// Returns every persona.
    pub fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.values()
    }

    /// Begins a context that may write, for a persona.
    ///
    /// # Panics
    /// When the store cannot begin.
    #[expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]
    pub async fn ctx(&self, name: &str) -> Ctx {
        Ctx::write(&self.world, self.actor(name)).await.unwrap()
    }
}

/// The moment at which every test begins: a Monday.
pub const START: &str = "2026-11-02T09:00:00Z";

/// Runs a test on SQLite, and on PostgreSQL when there is a server.
///
/// # Panics
/// When a world cannot be made: the test has failed.
pub async fn on_both_engines<F: Future<Output = ()>>(test: impl Fn(TestWorld) -> F) {
    test(sqlite().await).await;
    if let Some(world) = postgres().await {
        test(world).await;
    }
}

/// Makes a world on SQLite.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]
pub async fn sqlite() -> TestWorld {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
    build(&url, folder).await
}

/// Makes a world on PostgreSQL, when there is a server.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]
#[expect(clippy::disallowed_methods, reason = "which server to test on is the test runner's to say")]
pub async fn postgres() -> Option<TestWorld> {
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let name = format!("t{}", Ids::random().uuid(&Clock::System).simple());
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"))
        .await
        .unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(build(&format!("{base}/{name}"), tempfile::tempdir().unwrap()).await)
}

#[expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]
async fn build(url: &str, folder: tempfile::TempDir) -> TestWorld {
    let clock = Clock::fixed(START.parse::<Timestamp>().unwrap());
    let ids = Ids::counted();
    let db = Db::open(url, ids.clone()).await.unwrap();
    migrations::run(&db, &clock, &ids).await.unwrap();
    let area = Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let policies = Arc::new(Policies::load(&area.policies).unwrap());
    let mut tx = db.begin().await.unwrap();
    let area_id = areas::ensure(&mut tx, &area.setting.code, &area.setting.name).await.unwrap();
    tx.commit(&ids).await.unwrap();
    let world = World { db, area_id, clock, ids, policies };
    let made_up: Vec<people::MadeUp<'_>> = area.people.iter().map(made_up).collect();
    let agencies: Vec<people::Agency> = area
        .agencies
        .values()
        .map(|agency| people::Agency {
            id: access::AgencyId(uuid::Uuid::nil()),
            code: agency.code.clone(),
            name: agency.name.clone(),
            kind: agency.kind.as_str().to_owned(),
            sensitive: agency.sensitive,
            tells_place: agency.tells_place,
            merged_into: agency.merged_into.as_ref().map(|into| into.as_ref().clone()),
        })
        .collect();
    people::settle(&world, &agencies, &made_up).await.unwrap();
    directory::settle(&world, &area).await.unwrap();
    let mut tx = world.db.read().await.unwrap();
    let mut actors = BTreeMap::new();
    for account in people::list_practitioners(&mut tx, area_id).await.unwrap() {
        let actor = people::find_actor(&mut tx, area_id, account.practitioner.id, world.clock.today()).await.unwrap().unwrap();
        actors.insert(actor.name.clone(), actor);
    }
    drop(tx);
    TestWorld { world, area: Arc::new(area), actors, _folder: folder }
}

fn made_up(person: &area::Person) -> people::MadeUp<'_> {
    people::MadeUp {
        name: &person.name,
        agency: person.agency.as_ref(),
        team: &person.team,
        job: &person.job,
        email: &person.email,
        telephone: &person.telephone,
        roles: &person.roles,
        untrained: person.untrained,
    }
}
