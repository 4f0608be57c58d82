//! How the program is put together from its configuration.

use crate::routes::TEMPLATES;
use access::{Policies, World, people};
use anyhow::{Context, Result, bail};
use area::Area;
use directory::Directory;
use interchange::post::{Carriers, Post};
use kernel::clock::Clock;
use kernel::ids::Ids;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::keys::SigningKey;
use store::{Db, area as areas, migrations};
use web::{App, Pages, Settings, Shared};

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Places {
    /// The database: `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// The area's folder.
    pub area: PathBuf,
    /// Where files are kept: the signing key, uploads.
    pub data: PathBuf,
    /// What carries messages out.
    pub carriers: Carriers,
    /// How many days ahead of the machine's clock the program is: only the demonstration is.
    pub days_ahead: u16,
}

/// Reads and checks an area.
///
/// # Errors
/// Every fault, with its file, line and what to do.
pub fn area(folder: &Path) -> Result<Area> {
    match Area::load(folder) {
        Ok(area) => Ok(area),
        Err(errors) => {
            let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
            bail!("The area in {} cannot be used:\n{}", folder.display(), all.join("\n"))
        }
    }
}

/// Opens the database, brings its schema up to date and makes sure that the area is in it.
///
/// # Errors
/// When any of that fails; what to do is said.
pub async fn world(places: &Places, area: &Area) -> Result<World> {
    std::fs::create_dir_all(&places.data).with_context(|| format!("{} cannot be made", places.data.display()))?;
    let clock = if places.days_ahead == 0 { Clock::System } else { Clock::DaysAhead(places.days_ahead) };
    let ids = Ids::random();
    let db = Db::open(&places.database, ids.clone()).await.with_context(|| format!("{} does not open", places.database))?;
    migrations::run(&db, &clock, &ids).await?;
    let mut tx = db.begin().await?;
    let area_id = areas::ensure(&mut tx, &area.setting.code, &area.setting.name).await?;
    tx.commit(&ids).await?;
    let policies = Arc::new(Policies::load(&area.policies)?);
    let world = World { db, area_id, clock, ids, policies };
    settle(&world, area, &[]).await?;
    Ok(world)
}

/// Makes sure that the area's agencies and services are in the database, and the made-up practitioners given.
///
/// # Errors
/// When the store fails.
pub async fn settle(world: &World, area: &Area, made_up: &[area::Person]) -> Result<()> {
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
    let people: Vec<people::MadeUp<'_>> = made_up
        .iter()
        .map(|person| people::MadeUp {
            name: &person.name,
            agency: person.agency.as_ref(),
            team: &person.team,
            job: &person.job,
            email: &person.email,
            telephone: &person.telephone,
            roles: &person.roles,
            untrained: person.untrained,
        })
        .collect();
    people::settle(world, &agencies, &people).await?;
    crate::merging::settle(world).await?;
    directory::settle(world, area).await?;
    Ok(frontline::referrals::jobs::name_services(world).await?)
}

/// Puts the pages together.
///
/// # Errors
/// When a template does not load.
pub fn app(world: World, area: Area, settings: Settings) -> Result<Shared> {
    let area = Arc::new(area);
    let pages = Pages::load(Arc::clone(&area), &TEMPLATES)?;
    Ok(Arc::new(App { world, area, directory: Directory::default(), pages: Arc::new(pages), settings }))
}

/// Opens what carries messages out.
///
/// # Errors
/// When an address or a key does not read; neither is repeated.
pub fn post(places: &Places, area: &Area) -> Result<Arc<Post>> {
    Ok(Arc::new(Post::open(&places.carriers, &area.notices).map_err(anyhow::Error::msg)?))
}

/// Opens the key that signs the journal's checkpoints, making it the first time.
///
/// # Errors
/// When the file cannot be read or written.
pub fn signing_key(places: &Places, ids: &Ids) -> Result<SigningKey> {
    Ok(SigningKey::open_or_create(&places.data.join("journal.key"), ids.secret())?)
}
