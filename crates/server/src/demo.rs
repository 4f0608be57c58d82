//! Trying it out: the example area, made-up families from six agencies' extracts, and the Barlows' story.

use crate::build::{self, Places};
use crate::directory;
use access::{Act, Ctx, World, people as practitioners};
use anyhow::{Context, Result, bail};
use area::Area;
use families::facts::{self, Class, Kind, NewFact, Standing};
use families::family::{self, Part};
use families::people::{self, PersonId, ShieldKind};
use families::search::{self, Query};
use processes::feeds::actions::{NewRun, insert};
use processes::feeds::{RunId, loading};
use processes::made_up;

/// Prepares the demonstration's database, once; says how far it is.
///
/// # Errors
/// When it cannot be made.
pub async fn prepare(places: &Places, records: usize) -> Result<Places> {
    let data = places.data.join("demo");
    std::fs::create_dir_all(&data)?;
    let database = if places.database.starts_with("postgres") {
        places.database.clone()
    } else {
        format!("sqlite:{}", data.join("think-family.sqlite").display())
    };
    let places = Places { database, area: places.area.clone(), data, carriers: places.carriers.clone(), days_ahead: 0 };
    let area = build::area(&places.area)?;
    let world = build::world(&places, &area).await?;
    refuse_real_people(&world, &area).await?;
    build::settle(&world, &area, &area.people).await?;
    let marker = places.data.join("ready");
    if marker.exists() {
        return Ok(places);
    }
    println!("Making extracts of people who never lived …");
    let folder = places.data.join("extracts");
    made_up::write(&folder, records, 1, world.clock.today())?;
    for source in made_up::SOURCES {
        let file = folder.join(format!("{source}.csv"));
        let id = RunId(world.ids.uuid(&world.clock));
        let new = NewRun {
            id,
            source: source.to_owned(),
            file_name: format!("{source}.csv"),
            file_path: file.display().to_string(),
            file_bytes: i64::try_from(std::fs::metadata(&file)?.len())?,
        };
        let mut tx = world.db.begin().await?;
        insert(&mut tx, world.area_id, new, (None, world.clock.now())).await?;
        tx.commit(&world.ids).await?;
        let run = loading::load_slice(&world, &area, id, usize::MAX).await?;
        println!("  {source}: {} records, {} people who were not here before", run.rows_new, run.people_new);
    }
    directory::postcodes_of_area(&world, &places.area).await?;
    story(&world, &area).await?;
    say_places(&world).await?;
    std::fs::write(marker, "")?;
    Ok(places)
}

/// Nobody real may be in a database where anybody may sign in as anybody.
async fn refuse_real_people(world: &World, area: &Area) -> Result<()> {
    let mut tx = world.db.read().await?;
    for account in practitioners::list_practitioners(&mut tx, world.area_id).await? {
        if !area.people.iter().any(|person| person.email == account.practitioner.email) {
            bail!("This database has practitioners who are not made up: the demonstration needs one of its own");
        }
    }
    Ok(())
}

/// Prints who can be signed in as, and what to try first.
pub fn greet(port: u16) {
    println!(
        "
Think Family runs on http://localhost:{port}

Sign in by choosing a made-up person. Try first:
  1. Helen Marsh, housing officer: find Amy Barlow, record a contact, ask Home and Money for support.
  2. Grace Okafor, family support worker: accept it, start, end it with an outcome.
  3. Helen again: see what became of it. Then Ruth Adler, auditor: read the journal.
Kit Lowe lacks training, and sees only how to get it. Stop with Ctrl-C."
    );
}

async fn ctx(world: &World, name: &str) -> Result<Ctx> {
    let mut tx = world.db.read().await?;
    let accounts = practitioners::list_practitioners(&mut tx, world.area_id).await?;
    let account = accounts.iter().find(|account| account.practitioner.name == name).with_context(|| format!("no {name}"))?;
    let actor = practitioners::find_actor(&mut tx, world.area_id, account.practitioner.id, world.clock.today()).await?;
    drop(tx);
    Ok(Ctx::write(world, actor.with_context(|| format!("no {name}"))?).await?)
}

async fn somebody(ctx: &mut Ctx, name: &str, place: &str) -> Result<PersonId> {
    let query = Query::parse(&format!("{name} {place}"), ctx.clock.today());
    let found = search::find(ctx, &query, "before_support").await?;
    found.found.first().map(|found| found.id).with_context(|| format!("{name} was not loaded"))
}

/// What a social worker and a teacher know of the Barlows: the demonstration's story.
async fn story(world: &World, area: &Area) -> Result<()> {
    // The practice knows all three and where they live; social care knows Amy alone.
    let mut ctx = ctx(world, "Aisha Malik").await?;
    let amy = somebody(&mut ctx, "Amy Barlow", "BD18 3QX").await?;
    let josh = somebody(&mut ctx, "Josh Barlow", "BD18 3QX").await?;
    let mia = somebody(&mut ctx, "Mia Barlow", "BD18 3QX").await?;
    ctx.seen().await?;
    let mut ctx = self::ctx(world, "Sunita Rao").await?;
    let lily = people::create(&mut ctx).await?;
    for (person, name) in [(amy, "Amy"), (josh, "Josh"), (mia, "Mia"), (lily, "Lily")] {
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await?;
        if person == lily {
            facts::record(&mut ctx, &permit, NewFact::name(lily, name, "Barlow")).await?;
        }
        facts::works_with(&mut ctx, &permit, "Social worker of", None).await?;
        if person != amy {
            facts::record(&mut ctx, &permit, NewFact::relationship(person, "birth_child", amy)).await?;
        }
    }
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, amy).await?;
    let told = |kind, term: &str, words: &str, class| NewFact {
        standing: Standing::Told,
        told_by: "Amy".to_owned(),
        class,
        ..NewFact::plain(amy, kind, term, words)
    };
    facts::record(&mut ctx, &permit, told(Kind::Aspiration, "hope_home", "A garden for the children", Class::Ordinary)).await?;
    facts::record(
        &mut ctx,
        &permit,
        told(Kind::Strength, "relatives_help", "Her sister Kay has the children on Saturdays", Class::Ordinary),
    )
    .await?;
    facts::record(
        &mut ctx,
        &permit,
        told(Kind::Need, "parent_mental_health", "Low since the spring, and has not told her GP", Class::Confidential),
    )
    .await?;
    let next_on = area.holidays.add(ctx.clock.today(), area.clocks.family_next_working_days);
    let family_id = family::create(&mut ctx, "The Barlow family", amy, ("Visit at home with the school", next_on)).await?;
    for child in [josh, mia, lily] {
        family::join(&mut ctx, (family_id, amy), child, Part::Member).await?;
    }
    ctx.commit().await?;
    let mut ctx = self::ctx(world, "Moira Keane").await?;
    let named = [sunita(world).await?];
    people::shield(
        &mut ctx,
        lily,
        ShieldKind::Existence,
        "Placed for her safety: that she is known here must not be told",
        &named,
    )
    .await?;
    ctx.commit().await?;
    Ok(())
}

/// What services said of their places lately; the others have not said.
async fn say_places(world: &World) -> Result<()> {
    let said = [
        ("Owen Pryce", "tenancy_support", 6, None),
        ("Owen Pryce", "family_friends", 3, None),
        ("Owen Pryce", "young_carers", 0, Some(9)),
        ("Aisha Malik", "talking_therapy", 12, None),
    ];
    for (name, service, places, weeks) in said {
        let mut ctx = ctx(world, name).await?;
        ::directory::say_capacity(&mut ctx, service, (places, weeks)).await?;
        ctx.commit().await?;
    }
    Ok(())
}

async fn sunita(world: &World) -> Result<access::PractitionerId> {
    let mut tx = world.db.read().await?;
    let accounts = practitioners::list_practitioners(&mut tx, world.area_id).await?;
    let account = accounts.iter().find(|account| account.practitioner.name == "Sunita Rao");
    Ok(account.context("no Sunita Rao")?.practitioner.id)
}
