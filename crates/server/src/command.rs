//! The command line.

use crate::build::{self, Places};
use crate::directory::{self, DirectoryCommand};
use crate::jobs::Worker;
use crate::serve::{self, Tls};
use crate::{demo, gallery};
use access::{AgencyId, PractitionerId, Role, people, sign_in};
use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use interchange::custodian::actions as custodian;
use interchange::post::Carriers;
use kernel::clock::Clock;
use processes::feeds::actions::{NewRun, insert};
use processes::feeds::{RunId, loading};
use processes::made_up;
use processes::matching::run as matching;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use store::journal::{self, Verdict};
use web::Settings;

/// Think Family: one family, one plan, one team around it.
#[derive(Debug, Parser)]
#[command(
    name = "thinkfamily",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 checked and found wanting."
)]
pub struct Cli {
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME.
    #[arg(long, global = true, env = "THINKFAMILY_DATABASE", default_value = "sqlite:data/think-family.sqlite")]
    database: String,
    /// The area's folder.
    #[arg(long, global = true, env = "THINKFAMILY_AREA", default_value = "areas/example")]
    area: PathBuf,
    /// Where files are kept: the journal's key, uploaded extracts.
    #[arg(long, global = true, env = "THINKFAMILY_DATA", default_value = "data")]
    data: PathBuf,
    /// What is logged, and how much: error, warn, info, debug.
    #[arg(long, global = true, env = "THINKFAMILY_LOG", default_value = "warn")]
    pub log: String,
    /// Answer in JSON where a script would want it.
    #[arg(long, global = true)]
    json: bool,
    /// The mail server that messages leave by: smtps://USER:PASSWORD@HOST, smtp://HOST:PORT?tls=required inside a network.
    #[arg(long, global = true, env = "THINKFAMILY_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// The key of GOV.UK Notify, by which messages leave.
    #[arg(long, global = true, env = "THINKFAMILY_NOTIFY_KEY", hide_env_values = true)]
    notify_key: Option<String>,
    /// Where GOV.UK Notify is.
    #[arg(long, global = true, env = "THINKFAMILY_NOTIFY_URL", default_value = "https://api.notifications.service.gov.uk")]
    notify_url: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages, and run jobs unless told not to.
    Serve {
        /// The port to listen on.
        #[arg(long, env = "PORT", default_value_t = 8080)]
        port: u16,
        /// The address to listen on.
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        address: IpAddr,
        /// Leave jobs to another process.
        #[arg(long)]
        no_work: bool,
        /// A certificate chain, PEM: the program then speaks TLS itself.
        #[arg(long, requires = "key")]
        certificate: Option<PathBuf>,
        /// The certificate's key, PEM.
        #[arg(long, requires = "certificate")]
        key: Option<PathBuf>,
    },
    /// Run jobs only.
    Work,
    /// Bring the database's schema up to date.
    Migrate,
    /// Try it out: the example area with made-up families, on an embedded database.
    Demo {
        /// The port to listen on.
        #[arg(long, env = "PORT", default_value_t = 8080)]
        port: u16,
        /// How many made-up records are loaded the first time.
        #[arg(long, default_value_t = 3000)]
        records: usize,
        /// Show it as it will be so many days from now: what is late by then, whom nobody has seen.
        #[arg(long, default_value_t = 0)]
        days_ahead: u16,
        /// Load and stop.
        #[arg(long)]
        no_serve: bool,
    },
    /// Check an area's configuration.
    #[command(subcommand)]
    Area(AreaCommand),
    /// Load agencies' extracts.
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Write extracts of people who never lived.
    #[command(subcommand)]
    People(PeopleCommand),
    /// Add practitioners and let them in.
    #[command(subcommand)]
    User(UserCommand),
    /// Organisations outside the area whose systems may ask the index.
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// The service directory: where postcodes are, and directories of others.
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// Check that nobody changed the journal.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Write every page in every state into a folder.
    Gallery {
        /// The folder.
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum AreaCommand {
    /// Read a folder and say everything that is wrong with it.
    Check {
        /// The area's folder.
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum FeedCommand {
    /// Load a file of a source.
    Load {
        /// The source, as the area names it.
        source: String,
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum PeopleCommand {
    /// Write six agencies' extracts.
    Generate {
        /// About how many records.
        records: usize,
        /// The same seed writes the same people.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder to write into.
        #[arg(long, default_value = "data/extracts")]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a practitioner and print the link by which they choose a password.
    Add {
        /// Their email address.
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Their agency's code.
        #[arg(long)]
        agency: String,
        /// What they do.
        #[arg(long, default_value = "")]
        job: String,
        /// Their telephone number.
        #[arg(long, default_value = "")]
        telephone: String,
        /// What they are; more than one is possible.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Record clearance and training for a year.
        #[arg(long)]
        cleared: bool,
    },
    /// Print a new link for somebody who has not chosen a password.
    Invite {
        /// Their email address.
        email: String,
    },
    /// Take back somebody's password and second factor, and print a new link.
    Reset {
        /// Their email address.
        email: String,
    },
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Let an organisation's system ask; its token is printed once.
    Add {
        /// Its code in custodian.toml.
        code: String,
        /// Its name.
        #[arg(long)]
        name: String,
    },
    /// End that an organisation's system may ask.
    End {
        /// Its code.
        code: String,
    },
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    /// Check every entry and every checkpoint.
    Verify,
}

/// Runs a command and returns the exit code.
///
/// # Errors
/// What failed, and what to do.
pub async fn run(cli: Cli) -> Result<u8> {
    let carriers = Carriers { smtp: cli.smtp.clone(), notify_key: cli.notify_key.clone(), notify_url: cli.notify_url.clone() };
    let places =
        Places { database: cli.database.clone(), area: cli.area.clone(), data: cli.data.clone(), carriers, days_ahead: 0 };
    match cli.command {
        Command::Serve { port, address, no_work, certificate, key } => {
            let tls = certificate.zip(key).map(|(certificate, key)| Tls { certificate, key });
            start(&places, SocketAddr::new(address, port), (!no_work, false), tls).await
        }
        Command::Work => work(&places).await,
        Command::Migrate => {
            make_folder_of(&places)?;
            build::world(&places, &build::area(&places.area)?).await?;
            say(cli.json, &json!({ "migrated": true }), "The schema is up to date.");
            Ok(0)
        }
        Command::Demo { port, records, days_ahead, no_serve } => {
            let places = demo::prepare(&places, records).await?;
            if no_serve {
                return Ok(0);
            }
            demo::greet(port);
            let places = Places { days_ahead, ..places };
            start(&places, SocketAddr::from((Ipv4Addr::LOCALHOST, port)), (true, true), None).await
        }
        Command::Area(AreaCommand::Check { folder }) => check_area(&folder, cli.json),
        Command::Feed(FeedCommand::Load { source, file }) => load_feed(&places, (&source, &file), cli.json).await,
        Command::People(PeopleCommand::Generate { records, seed, out }) => {
            let written = made_up::write(&out, records, seed, Clock::System.today())?;
            let words = format!(
                "{} records of {} people in {} families are in {}.",
                written.records,
                written.people,
                written.families,
                out.display()
            );
            say(cli.json, &json!({ "records": written.records, "people": written.people, "families": written.families }), &words);
            Ok(0)
        }
        Command::User(command) => user(&places, command, cli.json).await,
        Command::Organisation(command) => organisation(&places, command, cli.json).await,
        Command::Directory(command) => {
            let (told, words) = directory::run(&places, command).await?;
            say(cli.json, &told, &words);
            Ok(0)
        }
        Command::Journal(JournalCommand::Verify) => verify_journal(&places, cli.json).await,
        Command::Gallery { folder } => {
            let count = gallery::write(build::area(&places.area)?, &folder)?;
            say(cli.json, &json!({ "pages": count }), &format!("{count} pages are in {}.", folder.display()));
            Ok(0)
        }
    }
}

fn say(as_json: bool, json: &serde_json::Value, words: &str) {
    if as_json {
        println!("{json}");
    } else {
        println!("{words}");
    }
}

fn make_folder_of(places: &Places) -> Result<()> {
    if let Some(parent) =
        places.database.strip_prefix("sqlite:").map(PathBuf::from).and_then(|path| path.parent().map(PathBuf::from))
    {
        std::fs::create_dir_all(&parent).with_context(|| format!("{} cannot be made", parent.display()))?;
    }
    Ok(())
}

async fn start(places: &Places, address: SocketAddr, (works, demo): (bool, bool), tls: Option<Tls>) -> Result<u8> {
    make_folder_of(places)?;
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    let key = build::signing_key(places, &world.ids)?;
    let settings = Settings { demo, uploads: places.data.join("uploads"), journal_key: key.public() };
    let app = build::app(world.clone(), area, settings)?;
    if works {
        let post = build::post(places, &app.area)?;
        tokio::spawn(Worker { world, area: Arc::clone(&app.area), key, post }.run());
    }
    serve::serve(app, address, tls).await?;
    Ok(0)
}

async fn work(places: &Places) -> Result<u8> {
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    let key = build::signing_key(places, &world.ids)?;
    let post = build::post(places, &area)?;
    Worker { world, area: Arc::new(area), key, post }.run().await;
    Ok(0)
}

fn check_area(folder: &std::path::Path, as_json: bool) -> Result<u8> {
    match area::Area::load(folder) {
        Ok(area) => {
            access::Policies::load(&area.policies)?;
            let words = format!(
                "{} is whole: {} terms, {} services, {} feeds.",
                area.setting.name,
                area.terms.len(),
                area.services.len(),
                area.feeds.len()
            );
            say(as_json, &json!({ "errors": [] }), &words);
            Ok(0)
        }
        Err(errors) => {
            let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
            say(as_json, &json!({ "errors": list }), &list.join("\n"));
            Ok(3)
        }
    }
}

async fn load_feed(places: &Places, (source, file): (&str, &std::path::Path), as_json: bool) -> Result<u8> {
    make_folder_of(places)?;
    let area = build::area(&places.area)?;
    if !area.feeds.contains_key(source) {
        bail!("There is no source {source}: the area has {}", area.feeds.keys().cloned().collect::<Vec<_>>().join(", "));
    }
    let world = build::world(places, &area).await?;
    let size = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
    let id = RunId(world.ids.uuid(&world.clock));
    let new = NewRun {
        id,
        source: source.to_owned(),
        file_name: file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        file_path: file.display().to_string(),
        file_bytes: i64::try_from(size)?,
    };
    let mut tx = world.db.begin().await?;
    insert(&mut tx, world.area_id, new, (None, world.clock.now())).await?;
    tx.commit(&world.ids).await?;
    let run = loop {
        let run = loading::load_slice(&world, &area, id, 40).await?;
        if !as_json {
            eprint!(
                "\r{}%: {} new, {} same, {} bad ",
                run.bytes_read * 100 / run.file_bytes.max(1),
                run.rows_new,
                run.rows_same,
                run.rows_bad
            );
        }
        if run.is_over() {
            break run;
        }
    };
    // Whoever runs jobs matches what is new.
    let mut tx = world.db.begin().await?;
    matching::enqueue(&mut tx, &world, run.id).await?;
    tx.commit(&world.ids).await?;
    let json = json!({ "run": run.id.0, "new": run.rows_new, "same": run.rows_same, "bad": run.rows_bad, "matched": run.rows_matched, "people": run.people_new });
    let words = format!(
        "\n{} rows new or changed, {} there already, {} in quarantine; {} are a known person's, {} people are new.",
        run.rows_new, run.rows_same, run.rows_bad, run.rows_matched, run.people_new
    );
    say(as_json, &json, &words);
    Ok(0)
}

async fn organisation(places: &Places, command: OrganisationCommand, as_json: bool) -> Result<u8> {
    make_folder_of(places)?;
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    match command {
        OrganisationCommand::Add { code, name } => {
            let token = custodian::add(&world, &code, &name).await.context("is there an organisation with this code?")?;
            let words =
                format!("{name} may ask, as the agreements in custodian.toml say. Its token, which is kept nowhere:\n{token}");
            say(as_json, &json!({ "code": code, "token": token }), &words);
        }
        OrganisationCommand::End { code } => {
            if !custodian::end(&world, &code).await? {
                bail!("there is no organisation {code}");
            }
            say(as_json, &json!({ "code": code, "ended": true }), &format!("{code} may ask no more."));
        }
    }
    Ok(0)
}

async fn user(places: &Places, command: UserCommand, as_json: bool) -> Result<u8> {
    make_folder_of(places)?;
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    let mut tx = world.db.begin().await?;
    let (email, reset) = match command {
        UserCommand::Add { email, name, agency, job, telephone, roles, cleared } => {
            let roles: Vec<Role> = roles
                .iter()
                .map(|role| role.parse().map_err(|()| anyhow::anyhow!("{role} is no role: choose of {}", all_roles())))
                .collect::<Result<_>>()?;
            let agencies = people::list_agencies(&mut tx, world.area_id).await?;
            let agency_id: AgencyId = agencies
                .iter()
                .find(|one| one.code == agency)
                .map(|one| one.id)
                .with_context(|| format!("there is no agency {agency}"))?;
            let id = PractitionerId(world.ids.uuid(&world.clock));
            let new = people::NewPractitioner { id, agency_id, name: &name, job: &job, email: &email, telephone: &telephone };
            people::insert_practitioner(&mut tx, world.area_id, &new)
                .await
                .context("is there somebody with this email address?")?;
            people::save_roles(&mut tx, world.area_id, id, &roles, world.clock.now()).await?;
            if cleared {
                let until = world.clock.today().saturating_add(kernel::Span::new().years(1));
                people::record_both(&mut tx, world.area_id, id, until, world.clock.now()).await?;
            }
            (email, false)
        }
        UserCommand::Invite { email } => (email, false),
        UserCommand::Reset { email } => (email, true),
    };
    let accounts = people::list_practitioners(&mut tx, world.area_id).await?;
    let account = accounts.iter().find(|account| account.practitioner.email == email.trim().to_lowercase());
    let id = account.with_context(|| format!("there is nobody with {email}"))?.practitioner.id;
    let token = if reset { sign_in::reset(&mut tx, &world, id).await? } else { sign_in::invite(&mut tx, &world, id).await? };
    tx.commit(&world.ids).await?;
    let link = format!("/invitation/{token}");
    say(as_json, &json!({ "link": link }), &format!("Give them this link by a safe way; it works once, for three days: {link}"));
    Ok(0)
}

fn all_roles() -> String {
    Role::ALL.map(Role::as_str).join(", ")
}

async fn verify_journal(places: &Places, as_json: bool) -> Result<u8> {
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    let key = build::signing_key(places, &world.ids)?;
    match journal::verify(&world.db, world.area_id, &key.public()).await? {
        Verdict::Whole { entries, erased, checkpoints } => {
            let words = format!(
                "The journal is whole: {entries} entries, {erased} with their details erased, {checkpoints} checkpoints."
            );
            say(as_json, &json!({ "whole": true, "entries": entries, "erased": erased, "checkpoints": checkpoints }), &words);
            Ok(0)
        }
        Verdict::Broken { seq, what } => {
            say(
                as_json,
                &json!({ "whole": false, "first_broken": seq, "what": what }),
                &format!("Entry {seq} is not what it was: {what}."),
            );
            Ok(3)
        }
    }
}
