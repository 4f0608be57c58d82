//! Feeds, tried: a row, then files on both engines.

use super::actions::{self, NewRun};
use super::loading::{LoadError, load_slice};
use super::reading::{self, Columns};
use super::{Run, RunId, store};
use access::Act;
use area::files::Field;
use area::{Area, FeedSource};
use families::facts::{self, Kind};
use families::people;
use families::search::{self, Query};
use std::path::{Path, PathBuf};
use testkit::{TestWorld, on_both_engines};

const HEADER: &str =
    "rec_id,source,first_name,middle_name,last_name,dob,sex,house,street,town,postcode,phone,email,nhs,upn,nino,year";

fn gp() -> FeedSource {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap().feeds["gp"].clone()
}

fn columns() -> Columns {
    let header: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
    reading::columns(&header, &gp(), &[]).unwrap()
}

fn row(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// Rule [ours-feeds]
#[test]
fn a_row_is_refused_for_what_makes_it_unreadable_and_its_column_is_named() {
    let today = "2026-11-02".parse().unwrap();
    let read = |text: &str| reading::read(&row(text), &columns(), (&columns().places(&gp()), &gp()), today);
    let refused = |text: &str| read(text).unwrap_err().column;
    assert_eq!(refused("1,gp,Amy,,Barlow,2027-01-01,F,,,,,,,,,,2026"), "dob");
    assert_eq!(refused("1,gp,Amy,,Barlow,31/02/1990,F,,,,,,,,,,2026"), "dob");
    assert_eq!(refused("1,gp,,,,1990-05-03,F,,,,,,,,,,2026"), "last_name");
    assert_eq!(refused("1,gp,A\u{202E}my,,Barlow,1990-05-03,F,,,,,,,,,,2026"), "first_name");
    assert_eq!(refused(",gp,Amy,,Barlow,1990-05-03,F,,,,,,,,,,2026"), "rec_id");
    assert!(read("1,gp,Amy").unwrap_err().reason.contains("3 columns"));
    let good = read("1,gp,Amy,,O'Neill-Łuczak,3/5/1990,F,,,,not a postcode,,,1234567890,,,2026").unwrap();
    assert_eq!(good.get(Field::BirthDate), "1990-05-03");
    assert_eq!(good.get(Field::LastName), "O'Neill-Łuczak");
}

#[test]
fn formulas_are_guarded_when_they_leave_and_plain_when_they_come_back() {
    for evil in ["=cmd|'/c calc'!A1", "+1", "-2", "@SUM(A1)"] {
        let out = reading::escape(evil);
        assert!(out.starts_with('\''));
        let mut cells = row("1,gp,Amy,,Barlow,,F,,,,,,,,,,2026");
        cells[3] = out;
        let record = reading::read(&cells, &columns(), (&columns().places(&gp()), &gp()), "2026-11-02".parse().unwrap()).unwrap();
        assert_eq!(record.get(Field::MiddleName), evil);
    }
}

#[test]
fn bytes_are_read_as_utf_8_or_as_windows_1252_and_never_as_nul() {
    assert_eq!(reading::decode("Zoë".as_bytes()).unwrap(), "Zoë");
    assert_eq!(reading::decode(b"Zo\xeb").unwrap(), "Zoë");
    assert_eq!(reading::decode(b"\xef\xbb\xbfrec_id").unwrap(), "rec_id");
    assert!(reading::decode(b"A\0my").is_err());
}

proptest::proptest! {
    #[test]
    fn no_row_makes_it_panic(cells in proptest::collection::vec(".{0,20}", 0..20)) {
        let _ = reading::read(&cells, &columns(), (&columns().places(&gp()), &gp()), "2026-11-02".parse().unwrap());
    }
}

pub(crate) fn file(folder: &Path, name: &str, rows: &[&str]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
    path
}

async fn start(w: &TestWorld, source: &str, path: &Path) -> RunId {
    let id = RunId(w.world.ids.uuid(&w.world.clock));
    let new = NewRun {
        id,
        source: source.to_owned(),
        file_name: "extract.csv".to_owned(),
        file_path: path.display().to_string(),
        file_bytes: i64::try_from(std::fs::metadata(path).map_or(0, |m| m.len())).unwrap(),
    };
    let mut tx = w.world.db.begin().await.unwrap();
    actions::insert(&mut tx, w.world.area_id, new, (None, w.world.clock.now())).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
    id
}

pub(crate) async fn load(w: &TestWorld, source: &str, path: &Path) -> Run {
    let id = start(w, source, path).await;
    load_slice(&w.world, &w.area, id, usize::MAX).await.unwrap()
}

pub(crate) const AMY_AT_GP: &str =
    "1,gp,Amy,Jane,Barlow,1992-05-03,F,1,Hill Street,Shipley,BD18 3QX,07700900001,,9434765919,,,2024.5";
const AMY_AT_SOCIAL: &str = "2,social,AMY,,BARLOW,1992-05-03,F,,,,,,,9434765919,,,2025";
const SOMEBODY_ELSE: &str = "3,social,Eve,,Barlow,1970-01-01,F,,,,,,,9434765919,,,2025";
pub(crate) const TENANT: &str = "4,housing,Amy,,Barlow,1992-05-03,F,1,Hill Street,Shipley,BD18 3QX,,,,,,2025";

/// Rule [3.22]
#[tokio::test]
async fn records_become_people_where_verified_identifiers_and_birthdays_agree_and_the_rest_waits() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "all.csv", &[AMY_AT_GP, AMY_AT_SOCIAL, SOMEBODY_ELSE, TENANT]);
        let run = load(&w, "partners", &path).await;
        assert_eq!((run.state.as_str(), run.rows_new, run.rows_bad), ("done", 4, 0));
        assert_eq!(
            (run.people_new, run.rows_matched),
            (1, 2),
            "a number with another birthday waits, and so does a tenant without one"
        );
        let mut ctx = w.ctx("Sunita").await;
        let found = search::find(&mut ctx, &Query::parse("barlow amy", w.world.clock.today()), "contact").await.unwrap();
        assert_eq!(found.count, 1);
        assert!(people::open(&mut ctx, Act::OpenPerson, found.found[0].id).await.is_ok(), "her agency works with her");
    })
    .await;
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_a_changed_row_changes_what_changed() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "gp.csv", &[AMY_AT_GP]);
        load(&w, "gp", &path).await;
        let again = load(&w, "gp", &path).await;
        assert_eq!((again.rows_new, again.rows_same, again.people_new), (0, 1, 0));
        let moved = AMY_AT_GP.replace("1,Hill Street", "9,Mill Lane");
        let run = load(&w, "gp", &file(folder.path(), "gp2.csv", &[&moved])).await;
        assert_eq!((run.rows_new, run.people_new), (1, 0));
        let mut ctx = w.ctx("Aisha").await;
        let found = search::find(&mut ctx, &Query::parse("mill lane", w.world.clock.today()), "contact").await.unwrap();
        assert_eq!(found.count, 1);
        let addresses = facts::list_of(&mut ctx, &[found.found[0].id], Some(&[Kind::Address])).await.unwrap();
        assert_eq!(addresses.len(), 1, "the earlier address is superseded");
        let names = facts::list_of(&mut ctx, &[found.found[0].id], Some(&[Kind::Name])).await.unwrap();
        assert_eq!(names.len(), 1, "what did not change is left alone");
        let gone = search::find(&mut ctx, &Query::parse("hill street", w.world.clock.today()), "contact").await.unwrap();
        assert_eq!(gone.count, 0);
    })
    .await;
}

#[tokio::test]
async fn what_an_extract_says_no_more_is_withdrawn_and_said_again_when_it_comes_back() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        load(&w, "gp", &file(folder.path(), "gp.csv", &[AMY_AT_GP])).await;
        let silent = AMY_AT_GP.replace("07700900001", "");
        let mut ctx = w.ctx("Aisha").await;
        let found = search::find(&mut ctx, &Query::parse("amy barlow", w.world.clock.today()), "contact").await.unwrap();
        drop(ctx);
        for (row, phones) in [(silent.as_str(), 0), (AMY_AT_GP, 1)] {
            load(&w, "gp", &file(folder.path(), "next.csv", &[row])).await;
            let mut ctx = w.ctx("Aisha").await;
            let known = facts::list_of(&mut ctx, &[found.found[0].id], Some(&[Kind::Phone])).await.unwrap();
            assert_eq!(known.len(), phones);
            let by_phone = search::find(&mut ctx, &Query::parse("07700900001", w.world.clock.today()), "contact").await.unwrap();
            assert_eq!(by_phone.count, phones, "and is not found by it");
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_that_comes_twice_in_one_file_is_kept_as_it_came_last() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let later = AMY_AT_GP.replace("Hill Street", "Mill Lane");
        let run = load(&w, "gp", &file(folder.path(), "gp.csv", &[AMY_AT_GP, &later, &later])).await;
        assert_eq!((run.rows_new, run.rows_same, run.people_new), (2, 1, 1));
        let mut ctx = w.ctx("Aisha").await;
        for (street, count) in [("hill street", 0), ("mill lane", 1)] {
            let found = search::find(&mut ctx, &Query::parse(street, w.world.clock.today()), "contact").await.unwrap();
            assert_eq!(found.count, count, "{street}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_bad_row_is_quarantined_with_its_line_and_every_good_one_is_kept() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let mut rows: Vec<String> = (0..600).map(|n| format!("{n},gp,Ann{n},,Test,1990-01-01,F,,,,,,,,,,2024")).collect();
        rows[399] = "399,gp,Ann,,Test,2099-01-01,F,,,,,,,,,,2024".to_owned();
        let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
        let run = load(&w, "gp", &file(folder.path(), "gp.csv", &lines)).await;
        assert_eq!((run.rows_new, run.rows_bad), (599, 1));
        let mut tx = w.world.db.read().await.unwrap();
        let bad = store::list_bad_rows(&mut tx, w.world.area_id, run.id, -1, 10).await.unwrap();
        assert_eq!((bad[0].line, bad[0].column.as_str()), (401, "dob"));
        assert_eq!(bad[0].cells[2], "Ann");
    })
    .await;
}

#[tokio::test]
async fn a_run_that_stops_goes_on_where_it_was() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<String> = (0..900).map(|n| format!("{n},gp,Ann{n},,Test,1990-01-01,F,,,,,,,,,,2024")).collect();
        let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
        let id = start(&w, "gp", &file(folder.path(), "gp.csv", &lines)).await;
        let run = load_slice(&w.world, &w.area, id, 2).await.unwrap();
        assert_eq!((run.state.as_str(), run.rows_new), ("running", 500));
        let mut ctx = w.ctx("Joy").await;
        actions::stop(&mut ctx, id).await.unwrap();
        ctx.commit().await.unwrap();
        let run = load_slice(&w.world, &w.area, id, 2).await.unwrap();
        assert_eq!(run.state, "stopped");
        let stopped_at = run.rows_new;
        let mut ctx = w.ctx("Joy").await;
        actions::go_on(&mut ctx, id).await.unwrap();
        ctx.commit().await.unwrap();
        let run = load_slice(&w.world, &w.area, id, usize::MAX).await.unwrap();
        assert_eq!((run.state.as_str(), run.rows_new, run.rows_same), ("done", 900, 0), "after {stopped_at}");
    })
    .await;
}

#[tokio::test]
async fn an_uploaded_file_is_deleted_when_all_of_it_is_kept_and_its_bad_rows_keep_their_header() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        let id = RunId(w.world.ids.uuid(&w.world.clock));
        let rows = [AMY_AT_GP, "5,gp,Ann,,Test,2099-01-01,F,,,,,,,,,,2024"];
        let path = file(folder.path(), &format!("{id}.csv"), &rows);
        let new = NewRun {
            id,
            source: "gp".to_owned(),
            file_name: "gp.csv".to_owned(),
            file_path: path.display().to_string(),
            file_bytes: 1,
        };
        let mut ctx = w.ctx("Joy").await;
        actions::start(&mut ctx, new).await.unwrap();
        ctx.commit().await.unwrap();
        let mut tx = w.world.db.begin().await.unwrap();
        let job = ::store::jobs::claim(&mut tx, w.world.area_id, w.world.clock.now()).await.unwrap().unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        actions::run_job(&w.world, &w.area, &job).await.unwrap();
        assert!(!path.exists());
        let mut tx = w.world.db.read().await.unwrap();
        let run = store::load_run(&mut tx, w.world.area_id, id).await.unwrap().unwrap();
        assert_eq!((run.state.as_str(), run.rows_new, run.rows_bad), ("done", 1, 1));
        assert_eq!(run.header.join(","), HEADER);
    })
    .await;
}

#[tokio::test]
async fn files_that_are_no_extract_are_refused_with_what_to_do() {
    let w = testkit::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[u8], &str); 5] = [
        ("zip.csv", b"PK\x03\x04 and so on", "zip"),
        ("empty.csv", b"", "empty"),
        ("utf16.csv", b"\xff\xfer\0e\0c\0", "UTF-16"),
        ("columns.csv", b"a,b,c\n1,2,3\n", "lacks the columns"),
        ("nul.csv", b"rec\0id,b\n", "NUL"),
    ];
    for (name, bytes, told) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let id = start(&w, "gp", &path).await;
        match load_slice(&w.world, &w.area, id, 1).await {
            Err(LoadError::File(problem)) => assert!(problem.contains(told), "{name}: {problem}"),
            other => panic!("{name}: {other:?}"),
        }
        let mut tx = w.world.db.read().await.unwrap();
        assert_eq!(store::load_run(&mut tx, w.world.area_id, id).await.unwrap().unwrap().state, "failed");
    }
}

#[tokio::test]
async fn quotes_that_never_close_do_not_lose_the_rows_before_them() {
    let w = testkit::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "gp.csv",
        &[AMY_AT_GP, "2,gp,\"Ann,,Test,1990-01-01,F,,,,,,,,,,2024", "3,gp,Ben,,Test,1990-01-01,M,,,,,,,,,,2024"],
    );
    let run = load(&w, "gp", &path).await;
    assert_eq!((run.rows_new, run.rows_bad), (1, 1));
}

#[tokio::test]
async fn a_waiting_record_is_found_and_taken_up_by_its_own_agency_alone() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        load(&w, "housing", &file(folder.path(), "housing.csv", &[TENANT])).await;
        let query = Query::parse("amy barlow", w.world.clock.today());
        let mut ctx = w.ctx("Grace").await;
        assert!(actions::find_waiting(&mut ctx, &w.area, &query).await.unwrap().is_empty());
        let tenant = actions::TakeUp { source: "housing", key: "4", person: None };
        assert!(actions::take_up(&mut ctx, &w.world, &w.area, tenant).await.is_err());
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        let waiting = actions::find_waiting(&mut ctx, &w.area, &query).await.unwrap();
        assert_eq!(waiting[0].record.key, "4");
        let person = actions::take_up(&mut ctx, &w.world, &w.area, tenant).await.unwrap();
        assert!(actions::find_waiting(&mut ctx, &w.area, &query).await.unwrap().is_empty());
        let found = search::find(&mut ctx, &query, "contact").await.unwrap();
        assert_eq!(found.found[0].id, person);
    })
    .await;
}

#[tokio::test]
async fn a_waiting_record_is_joined_to_somebody_who_is_here_already() {
    on_both_engines(async |w: TestWorld| {
        let folder = tempfile::tempdir().unwrap();
        load(&w, "gp", &file(folder.path(), "gp.csv", &[AMY_AT_GP])).await;
        load(&w, "housing", &file(folder.path(), "housing.csv", &[TENANT])).await;
        let query = Query::parse("amy barlow", w.world.clock.today());
        let mut ctx = w.ctx("Helen").await;
        let amy = search::find(&mut ctx, &query, "contact").await.unwrap().found[0].id;
        let what = actions::TakeUp { source: "housing", key: "4", person: Some(amy) };
        assert_eq!(actions::take_up(&mut ctx, &w.world, &w.area, what).await.unwrap(), amy);
        assert_eq!(search::find(&mut ctx, &query, "contact").await.unwrap().count, 1);
        assert!(people::open(&mut ctx, Act::OpenPerson, amy).await.is_ok(), "her landlord works with her");
    })
    .await;
}
