//! The directory, tried: reading entries, what fits, distances; then the store on both engines.

use crate::index::{Index, change};
use crate::place::{self, Position, PostcodesError};
use crate::service::{EntryError, Service, named_id};
use crate::sources::{self, Came, Listed};
use crate::store::{Capacity, Stored};
use crate::wanted::{Doubt, Filter, Wanted, find, published};
use crate::{Directory, actions, ours};
use access::AccessError;
use area::Area;
use area::services::{Day, Source};
use kernel::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn area() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn stored(service: Service) -> Stored {
    Stored {
        code: service.id.to_string(),
        service,
        source: String::new(),
        agency_id: None,
        is_public: true,
        capacity: None,
        changed_at: Timestamp::UNIX_EPOCH,
        seen_at: Timestamp::UNIX_EPOCH,
        withdrawn_at: None,
        change_no: 1,
    }
}

fn read(value: &serde_json::Value) -> Service {
    Service::read(&value.to_string()).unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn index(services: impl IntoIterator<Item = Stored>) -> Index {
    let area = area();
    let mut index = Index::default();
    services.into_iter().for_each(|one| index.put(change(&area, &one, &HashMap::new())));
    index
}

#[test]
fn an_entry_without_what_no_service_can_do_without_is_refused_with_the_place_of_its_fault() {
    let refused = |value: serde_json::Value| Service::read(&value.to_string()).unwrap_err();
    assert_eq!(refused(json!({ "name": "A", "status": "active" })), EntryError::Missing("id"));
    assert_eq!(refused(json!({ "id": id(1), "name": " ", "status": "active" })), EntryError::Missing("name"));
    assert_eq!(refused(json!({ "id": id(1), "name": "A" })), EntryError::Missing("status"));
    let EntryError::Shape(fault) = refused(json!({ "id": id(1), "name": "A", "status": "open" })) else { panic!("a shape") };
    assert!(fault.starts_with("status: unknown variant `open`"), "{fault}");
    let far = json!({ "id": id(1), "name": "A", "status": "active", "service_at_locations": [{ "location": { "latitude": "north" } }] });
    let EntryError::Shape(fault) = refused(far) else { panic!("a shape") };
    assert_eq!(fault, "service_at_locations[0].location.latitude: expected a number");
    assert!(matches!(Service::read(&" ".repeat(300_000)), Err(EntryError::TooLong(300_000))));
}

#[test]
fn what_does_not_matter_is_forgiven_and_what_is_not_said_is_not_written() {
    let service = read(&json!({
        "id": id(1), "name": "A", "status": "active", "minimum_age": "12", "languages": null, "attributes": [{ "id": "a" }],
        "service_at_locations": [{ "location": { "latitude": 100, "longitude": -1.5 } }], "members_of_our_own": 3
    }));
    let location = service.service_at_locations[0].location.clone().unwrap();
    assert_eq!(
        (location.latitude.is_none(), location.longitude.map(|number| number.0)),
        (true, Some(-1.5)),
        "no place is at 100 degrees"
    );
    let written = service.written();
    let members: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "name", "status", "minimum_age", "service_at_locations", "attributes"]);
    assert_eq!(written["minimum_age"], 12);
}

#[test]
fn what_the_standard_asks_for_is_named_always_alike_and_what_cannot_be_mended_is_left_out() {
    let entry = json!({
        "id": id(1), "name": "A", "status": "active", "last_modified": "2026-02-01", "url": "javascript:alert(1)", "email": "nobody",
        "organization": { "id": "7", "website": "www.example.org" }, "schedules": [{ "freq": "DAILY" }],
        "service_at_locations": [{ "location": { "addresses": [{ "postal_code": "bd182jl" }] } }],
        "attributes": [{ "taxonomy_term": { "term": "Debt" } }]
    });
    let mended = read(&entry);
    assert_eq!(mended, read(&entry), "ids that are named are the same each time");
    let written = mended.written();
    assert_eq!(written["last_modified"], "2026-02-01T00:00:00Z");
    assert!(written["url"].is_null() && written["email"].is_null() && written["organization"]["website"].is_null());
    assert!(written["schedules"][0]["freq"].is_null());
    let location = &written["service_at_locations"][0]["location"];
    assert_eq!((&location["location_type"], &location["addresses"][0]["city"]), (&json!("physical"), &json!("")));
    let of = |value: &serde_json::Value| Uuid::parse_str(value["id"].as_str().unwrap()).is_ok();
    assert!(of(&written["organization"]) && of(location) && of(&location["addresses"][0]) && of(&written["schedules"][0]));
    let term = &written["attributes"][0]["taxonomy_term"];
    assert_eq!((of(term), &term["name"], &term["description"]), (true, &json!("Debt"), &json!("Debt")));
}

proptest! {
    #[test]
    fn no_entry_brings_the_reader_down(text in "\\PC*", cut in 0usize..400) {
        let _ = Service::read(&text);
        static WHOLE: LazyLock<String> = LazyLock::new(|| {
            let area = area();
            ours::service(&area, &area.services["tenancy_support"]).written().to_string()
        });
        let cut: String = WHOLE.chars().take(cut).collect();
        prop_assert!(Service::read(&cut).is_err() || cut.is_empty());
    }
}

/// Rule [2.3]
#[test]
fn the_areas_own_services_read_back_as_they_were_written_and_keep_their_ids() {
    let area = area();
    for written in area.services.values() {
        let service = ours::service(&area, written);
        assert_eq!(Service::read(&service.written().to_string()).unwrap(), service);
        assert_eq!(service.id, ours::id_of(&area, &written.id));
        assert!(service.terms().all(|term| term.name.is_some() && term.description.is_some() && term.taxonomy_id.is_some()));
    }
    assert_ne!(named_id(&["a", "bc"]), named_id(&["ab", "c"]));
}

/// Rule [2.9]
#[test]
fn what_a_service_does_not_say_never_hides_it_and_comes_after_what_is_said() {
    let service = |number: u128, more: serde_json::Value| {
        let mut value = json!({ "id": id(number), "name": format!("Club {number}"), "status": "active" });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stored(read(&value))
    };
    let monday = json!([{ "byday": "MO,WE", "opens_at": "09:00:00", "closes_at": "12:00" }]);
    let index = index([
        service(1, json!({})),
        service(2, json!({ "minimum_age": 5, "maximum_age": 11, "languages": [{ "code": "pl" }], "schedules": monday })),
        service(3, json!({ "minimum_age": 12 })),
        service(4, json!({ "minimum_age": 5, "status": "inactive" })),
    ]);
    let found = |wanted: &Wanted| {
        find(&index, wanted, (0, 100)).0.into_iter().map(|one| (one.id.as_u128(), one.doubts)).collect::<Vec<_>>()
    };
    let wanted = Wanted { ages: vec![11], language: Some("pl".into()), day: Some(Day::MO), ..Wanted::default() };
    let unsaid = vec![Doubt::AgesUnsaid, Doubt::LanguagesUnsaid, Doubt::DaysUnsaid];
    assert_eq!(found(&wanted), [(2, vec![]), (1, unsaid.clone())], "a club for over-twelves says that it is not for eleven");
    let suggested = Wanted { suggested: true, ..wanted };
    let other = vec![Doubt::OtherAges, Doubt::LanguagesUnsaid, Doubt::DaysUnsaid];
    assert_eq!(found(&suggested), [(2, vec![]), (1, unsaid), (3, other)], "what is only known of them hides nothing");
}

/// Rule [2.9]
#[test]
fn days_that_are_over_say_nothing_of_the_days_to_come() {
    let ended = |valid_to: &str| json!([{ "byday": "MO", "valid_to": valid_to }]);
    let club = |number: u128, schedules: serde_json::Value| {
        stored(read(&json!({ "id": id(number), "name": "Club", "status": "active", "schedules": schedules })))
    };
    let index = index([club(1, ended("2026-11-01")), club(2, ended("2026-11-02")), club(3, ended("soon"))]);
    let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
    let wanted = Wanted { day: Some(Day::MO), now, ..Wanted::default() };
    let found: Vec<_> = find(&index, &wanted, (0, 9)).0.into_iter().map(|one| (one.id.as_u128(), one.doubts)).collect();
    assert_eq!(
        found,
        [(2, vec![]), (3, vec![]), (1, vec![Doubt::DaysUnsaid])],
        "last year's Mondays hide nothing and promise nothing"
    );
    let filter = Filter { day: Some(Day::MO), today: Some("2026-11-02".parse().unwrap()), ..Filter::default() };
    assert_eq!(published(&index, &filter).iter().map(|entry| entry.id.as_u128()).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn every_word_is_found_by_its_beginning_and_a_name_comes_before_a_description() {
    let service = |number: u128, name: &str, what: &str| {
        stored(read(&json!({ "id": id(number), "name": name, "description": what, "status": "active" })))
    };
    let index = index([service(1, "Money", "Advice on debt"), service(2, "Debt advice", ""), service(3, "Play", "Toys")]);
    let found = |words: &str| {
        find(&index, &Wanted { words: words.into(), ..Wanted::default() }, (0, 100))
            .0
            .iter()
            .map(|one| one.id.as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("debt adv"), [2, 1]);
    assert_eq!(found("DÉBT"), [2, 1]);
    assert_eq!(found("debt toys"), [0_u128; 0]);
}

#[test]
fn the_nearest_comes_first_a_full_one_last_and_one_without_a_place_says_so() {
    let at = |number: u128, north: f64, places: Option<u16>| {
        let location = json!([{ "id": id(100 + number), "location": { "latitude": north, "longitude": -1.78 } }]);
        let locations = if north > 0.0 { location } else { json!([]) };
        let service = read(&json!({ "id": id(number), "name": "Club", "status": "active", "service_at_locations": locations }));
        let capacity = places.map(|places| Capacity { places, wait_weeks: None, said_at: Timestamp::UNIX_EPOCH });
        Stored { capacity, ..stored(service) }
    };
    let index = index([at(1, 53.9, None), at(2, 53.84, Some(3)), at(3, 53.83, Some(0)), at(4, 0.0, None)]);
    let near = Position::of_degrees(53.83, -1.78);
    let (found, _) = find(&index, &Wanted { near, ..Wanted::default() }, (0, 100));
    let order: Vec<u128> = found.iter().map(|one| one.id.as_u128()).collect();
    assert_eq!(order, [2, 1, 4, 3]);
    assert_eq!(found[0].metres.map(place::said).as_deref(), Some("1.1 km"));
    assert_eq!(found[2].doubts, [Doubt::PlaceUnsaid]);
}

#[test]
fn pages_of_what_is_found_follow_each_other_without_a_gap_and_without_one_twice() {
    let club =
        |number: u128| stored(read(&json!({ "id": id(number), "name": format!("Club {:03}", number % 50), "status": "active" })));
    let index = index((1..=101).map(club));
    let (whole, count) = find(&index, &Wanted::default(), (0, 1000));
    assert_eq!((whole.len(), count), (101, 101));
    let paged: Vec<Uuid> = (0..13).flat_map(|page| find(&index, &Wanted::default(), (page, 8)).0).map(|one| one.id).collect();
    assert_eq!(paged, whole.iter().map(|one| one.id).collect::<Vec<_>>());
    assert_eq!(find(&index, &Wanted::default(), (13, 8)).0.len(), 0);
}

#[test]
fn distances_agree_with_the_great_circle_to_a_part_in_a_thousand() {
    // Two degrees of latitude and of longitude about Bradford, by the haversine on a sphere of 6,371.0088 km.
    let great_circle = |a: (f64, f64), b: (f64, f64)| {
        let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
        let h = (north / 2.0).sin().powi(2) + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
        2.0 * 6_371_008.8 * h.sqrt().asin()
    };
    for (a, b) in [((53.8, -1.75), (53.81, -1.70)), ((53.8, -1.75), (54.1, -1.2)), ((50.1, -5.5), (50.2, -5.3))] {
        let ours = Position::of_degrees(a.0, a.1).unwrap().metres_to(Position::of_degrees(b.0, b.1).unwrap());
        assert!((ours / great_circle(a, b) - 1.0).abs() < 0.001, "{ours} against {}", great_circle(a, b));
    }
    assert_eq!((place::said(20.0), place::said(940.0), place::said(12_400.0)), ("50 m".into(), "950 m".into(), "12 km".into()));
}

#[test]
fn the_standards_filters_let_through_only_what_says_that_it_fits_and_is_public() {
    let one = json!({ "id": id(1), "name": "A", "status": "active", "minimum_age": 5, "maximum_age": 11,
        "schedules": [{ "byday": "TU", "opens_at": "10:00", "closes_at": "12:00" }],
        "attributes": [{ "id": "x", "taxonomy_term": { "id": id(7), "name": "Play", "taxonomy_id": id(8) } }] });
    let hidden = Stored { is_public: false, ..stored(read(&json!({ "id": id(3), "name": "C", "status": "active" }))) };
    let index = index([stored(read(&one)), stored(read(&json!({ "id": id(2), "name": "B", "status": "inactive" }))), hidden]);
    let count = |filter: Filter| published(&index, &filter).len();
    assert_eq!(count(Filter::default()), 2, "one that is closed is told, with its status; one that is not public is not");
    assert_eq!(count(Filter { minimum_age: Some(5.0), maximum_age: Some(11.0), ..Filter::default() }), 1);
    assert_eq!(count(Filter { minimum_age: Some(6.0), ..Filter::default() }), 0);
    assert_eq!(count(Filter { day: Some(Day::TU), start: Some(600), end: Some(720), ..Filter::default() }), 1);
    assert_eq!(count(Filter { start: Some(601), ..Filter::default() }), 0);
    assert_eq!(count(Filter { term: Some(id(7)), taxonomy: Some(id(8)), ..Filter::default() }), 1);
    assert_eq!(count(Filter { taxonomy: Some(id(7)), ..Filter::default() }), 0);
}

async fn found(w: &TestWorld, directory: &Directory, wanted: &Wanted) -> Vec<String> {
    let mut tx = w.world.db.read().await.unwrap();
    let results = actions::find(directory, (&mut tx, w.world.area_id), &w.area, wanted, (0, 100)).await.unwrap();
    results.shown.into_iter().map(|one| one.stored.service.name).collect()
}

fn need(need: &str) -> Wanted {
    Wanted { need: Some(need.to_owned()), ..Wanted::default() }
}

/// Rule [2.3]
#[tokio::test]
async fn what_is_in_memory_is_what_the_database_has_when_a_service_goes_comes_back_or_says_its_places() {
    on_both_engines(async |w| {
        let directory = Directory::default();
        assert_eq!(found(&w, &directory, &need("young_carer")).await, ["Family Help Team", "Young Carers"]);
        let mut without = Area::clone(&w.area);
        without.services.remove("young_carers");
        w.world.clock.advance_seconds(1);
        actions::settle(&w.world, &without).await.unwrap();
        assert_eq!(found(&w, &directory, &need("young_carer")).await, ["Family Help Team"]);
        actions::settle(&w.world, &w.area).await.unwrap();
        let mut ctx = w.ctx("Owen Pryce").await;
        actions::say_capacity(&mut ctx, "young_carers", (4, Some(9))).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen Pryce").await;
        let refused = actions::say_capacity(&mut ctx, "family_help", (0, None)).await;
        assert!(matches!(refused, Err(AccessError::Refused(_))), "it is another agency's: {refused:?}");
        drop(ctx);
        let mut tx = w.world.db.read().await.unwrap();
        let said = actions::of_code(&mut tx, w.world.area_id, "young_carers").await.unwrap().unwrap().capacity.unwrap();
        assert_eq!((said.places, said.wait_weeks), (4, None), "nobody waits where there are places");
        drop(tx);
        let mut ctx = w.ctx("Owen Pryce").await;
        actions::say_capacity(&mut ctx, "young_carers", (0, Some(9))).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(found(&w, &directory, &need("young_carer")).await, ["Family Help Team", "Young Carers"], "the full come last");
        actions::settle(&w.world, &w.area).await.unwrap();
        let mut tx = w.world.db.read().await.unwrap();
        let kept = actions::of_code(&mut tx, w.world.area_id, "young_carers").await.unwrap().unwrap();
        assert_eq!(kept.capacity.unwrap().wait_weeks, Some(9), "the configuration read again takes nothing back");
    })
    .await;
}

fn source() -> Source {
    let text = format!(
        "id = \"county\"\nname = \"County\"\nurl = \"https://x.example\"\nlicence = \"Open\"\npublish = true\n\
         [meets]\n\"Debt advice\" = [\"debt\"]\n[agencies]\n\"{}\" = \"openhand\"",
        id(9)
    );
    toml::from_str(&text).unwrap()
}

fn came(number: u128, modified: &str, entry: serde_json::Value) -> Came {
    Came { listed: Listed { id: id(number).to_string(), modified: modified.to_owned() }, entry: Ok(entry.to_string()) }
}

fn debt(number: u128, name: &str) -> serde_json::Value {
    json!({ "id": id(number), "name": name, "status": "active", "organization": { "id": id(9), "name": "O", "description": "" },
            "attributes": [{ "id": id(20), "taxonomy_term": { "id": id(21), "name": "Debt advice", "description": "" } }] })
}

async fn reading(w: &TestWorld, area: &Area, entries: Vec<Came>, broken: Option<&str>) -> sources::Reading {
    w.world.clock.advance_seconds(60);
    let source = source();
    let mut reading = sources::begin(&w.world, &source).await.unwrap().unwrap();
    let listed = entries.iter().map(|one| one.listed.clone()).collect();
    let wanted = sources::look_at_list(&w.world, &source, &mut reading, listed).await.unwrap();
    let came = entries.into_iter().filter(|one| wanted.contains(&one.listed)).collect();
    sources::take(&w.world, &source, &mut reading, came).await.unwrap();
    sources::end(&w.world, area, &mut reading, broken.map(str::to_owned)).await.unwrap();
    reading
}

#[tokio::test]
async fn a_source_read_again_changes_what_changed_withdraws_what_is_gone_and_puts_aside_what_is_no_service() {
    on_both_engines(async |w| {
        let mut area = Area::clone(&w.area);
        area.directory.source.push(source());
        let directory = Directory::default();
        let of_county = async |w: &TestWorld| {
            let mut tx = w.world.db.read().await.unwrap();
            let results = actions::find(&directory, (&mut tx, w.world.area_id), &area, &need("debt"), (0, 100)).await.unwrap();
            let county = results.shown.into_iter().filter(|one| one.stored.source == "county");
            county.map(|one| (one.stored.service.name, one.stored.agency_id.is_some())).collect::<Vec<_>>()
        };
        let all =
            || (1..=10).map(|number| came(number, "2026-01-01", debt(number, &format!("Debt {number:02}")))).collect::<Vec<_>>();
        let first = reading(&w, &area, all(), None).await;
        assert_eq!((first.listed, first.changed, first.refused, first.problem.as_str()), (10, 10, 0, ""));
        assert_eq!(of_county(&w).await.len(), 10, "their category meets the need of ours that the area says");
        assert!(of_county(&w).await.iter().all(|(_, can_be_asked)| *can_be_asked));
        let mut second = all();
        second[0] = came(1, "2026-02-01", debt(1, "Debt one"));
        second[1] = came(2, "2026-02-01", json!({ "id": id(2), "name": "", "status": "active" }));
        second.remove(9);
        let second = reading(&w, &area, second, None).await;
        assert_eq!((second.listed, second.changed, second.refused, second.withdrawn), (9, 1, 1, 1));
        let names: Vec<String> = of_county(&w).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0..2], ["Debt 02", "Debt 03"], "what was known of one that is broken now stands");
        assert!(names.contains(&"Debt one".to_owned()) && !names.contains(&"Debt 10".to_owned()));
        let third = reading(&w, &area, vec![all().remove(0)], None).await;
        assert_eq!(
            (third.withdrawn, third.problem.as_str()),
            (0, "8 of 9 services are not in its list any more: none was withdrawn")
        );
        let fourth = reading(&w, &area, Vec::new(), Some("it broke off")).await;
        assert_eq!((fourth.withdrawn, fourth.problem.as_str(), of_county(&w).await.len()), (0, "it broke off", 9));
        let mut tx = w.world.db.begin().await.unwrap();
        let stands = sources::stands(&mut tx, w.world.area_id, "county").await.unwrap();
        assert_eq!((stands.here, stands.gone, stands.refused.len()), (9, 9, 1));
        assert_eq!(stands.refused[0].problem, "it has no name");
        let now = w.world.clock.now();
        for not_this in [third.id, fourth.id] {
            let nothing = sources::withdraw_gone(&mut tx, w.world.area_id, ("county", not_this), now).await.unwrap();
            assert_eq!(nothing, None, "of a list that broke off, or was read again since, nothing is gone");
        }
        drop(tx);
        let fifth = reading(&w, &area, vec![all().remove(0)], None).await;
        assert!(fifth.is_too_much);
        let mut tx = w.world.db.begin().await.unwrap();
        let gone = sources::withdraw_gone(&mut tx, w.world.area_id, ("county", fifth.id), w.world.clock.now()).await.unwrap();
        assert_eq!(gone, Some(8));
        tx.commit(&w.world.ids).await.unwrap();
        assert_eq!(of_county(&w).await.len(), 1);
        let back = reading(&w, &area, all(), None).await;
        assert_eq!((back.changed, back.refused, of_county(&w).await.len()), (9, 0, 10), "what comes back is found again");
    })
    .await;
}

#[tokio::test]
async fn a_source_takes_no_service_of_the_areas_own_by_giving_it_the_same_id() {
    on_both_engines(async |w| {
        let own = ours::id_of(&w.area, "tenancy_support");
        let taken = came(own.as_u128(), "2026-01-01", debt(own.as_u128(), "Not what it was"));
        let reading = reading(&w, &w.area, vec![taken], None).await;
        assert_eq!((reading.changed, reading.refused), (0, 1));
        let mut tx = w.world.db.read().await.unwrap();
        let kept = actions::of_code(&mut tx, w.world.area_id, "tenancy_support").await.unwrap().unwrap();
        assert_eq!((kept.service.name.as_str(), kept.withdrawn_at), ("Home and Money", None));
    })
    .await;
}

#[tokio::test]
async fn a_file_of_postcodes_places_services_and_whoever_lives_near_and_names_the_line_of_a_fault() {
    on_both_engines(async |w| {
        let directory = Directory::default();
        let at = |text: &str| text.parse::<kernel::postcode::Postcode>().unwrap();
        assert!(found(&w, &directory, &need("debt")).await.contains(&"Home and Money".to_owned()));
        let file = "pcd,PCDS,lat,long\nx,BD18 2JL,53.833,-1.776\nx,BD18 3QX,53.836,-1.771\nx,JE2 3AB,99.999999,0\n";
        let imported = place::import(&w.world, file.as_bytes(), |_| {}).await.unwrap();
        assert_eq!((imported.placed, imported.without), (2, 1));
        let mut tx = w.world.db.read().await.unwrap();
        let near = place::of_postcode(&mut tx, w.world.area_id, &at("BD18 3QX")).await.unwrap();
        let middle = place::of_postcode(&mut tx, w.world.area_id, &at("BD18 9ZZ")).await.unwrap().unwrap();
        assert_eq!(
            (middle.latitude, middle.longitude),
            (53_834_500, -1_773_500),
            "one that is not known is in the middle of its part"
        );
        assert_eq!(place::of_postcode(&mut tx, w.world.area_id, &at("ZE1 0AA")).await.unwrap(), None);
        let wanted = Wanted { near, ..need("debt") };
        let results = actions::find(&directory, (&mut tx, w.world.area_id), &w.area, &wanted, (0, 10)).await.unwrap();
        assert_eq!(results.shown[0].found.metres.map(place::said).as_deref(), Some("450 m"), "its postcode is known since");
        drop(tx);
        let broken = place::import(&w.world, "pcds,lat,long\nBD1 1AA,53,x\n".as_bytes(), |_| {}).await.unwrap_err();
        assert_eq!(broken.to_string(), "line 2: 'x' is no number of degrees");
        let no_column = place::import(&w.world, "pcds,lat\n".as_bytes(), |_| {}).await.unwrap_err();
        assert!(matches!(no_column, PostcodesError::NoColumn("long")));
    })
    .await;
}

#[tokio::test]
async fn a_source_that_is_read_no_more_takes_its_services_with_it_and_one_that_is_not_published_is_told_no_more() {
    on_both_engines(async |w| {
        let mut area = Area::clone(&w.area);
        area.directory.source.push(source());
        reading(&w, &area, vec![came(1, "", debt(1, "Debt one"))], None).await;
        let one = async || {
            let mut tx = w.world.db.read().await.unwrap();
            let one = actions::of_code(&mut tx, w.world.area_id, &id(1).to_string()).await.unwrap().unwrap();
            (one.is_public, one.withdrawn_at.is_some())
        };
        assert_eq!(one().await, (true, false));
        area.directory.source[0].publish = false;
        actions::settle(&w.world, &area).await.unwrap();
        assert_eq!(one().await, (false, false));
        actions::settle(&w.world, &w.area).await.unwrap();
        assert_eq!(one().await, (false, true));
    })
    .await;
}

#[tokio::test]
async fn thousands_that_change_at_once_are_all_found_by_everybody_who_asks_at_that_moment() {
    on_both_engines(async |w| {
        let mut area = Area::clone(&w.area);
        area.directory.source.push(source());
        let entries = |name: &str| -> Vec<Came> {
            (1..=2500)
                .map(|number| {
                    let mut entry = debt(number, &format!("{name} {number}"));
                    // What a hostile source may write where a postcode belongs.
                    let address = json!([{ "postal_code": format!("\u{0}{number}") }, { "postal_code": "BD18 2JL" }]);
                    entry["service_at_locations"] = json!([{ "location": { "addresses": address } }]);
                    came(number, name, entry)
                })
                .collect()
        };
        reading(&w, &area, entries("Old"), None).await;
        let (directory, old) = (Directory::default(), need("debt"));
        let mut before = w.world.db.read().await.unwrap();
        let count = async |tx: &mut ::store::Tx| {
            let index = directory.now(tx, w.world.area_id, &area).await.unwrap();
            index.all().filter(|(_, one)| one.needs == ["debt"] && one.name.starts_with("Old")).count()
        };
        assert_eq!(count(&mut before).await, 2500);
        reading(&w, &area, entries("New"), None).await;
        let (mut one, mut other) = (w.world.db.read().await.unwrap(), w.world.db.read().await.unwrap());
        let counts = tokio::join!(count(&mut one), count(&mut other));
        assert_eq!(counts, (0, 0), "nobody is lent half of what changed");
        assert_eq!(count(&mut before).await, 0, "who began before puts nothing old over it");
        let results = actions::find(&directory, (&mut one, w.world.area_id), &area, &old, (0, 20)).await.unwrap();
        assert_eq!((results.count, results.shown.len()), (2501, 20));
    })
    .await;
}
