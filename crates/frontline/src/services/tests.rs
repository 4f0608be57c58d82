//! The directory's pages, tried: what is said of a service.

use super::line;
use directory::{Capacity, Service, Stored, ours};
use kernel::{Date, Timestamp};
use serde_json::json;

async fn kept(w: &testkit::TestWorld, code: &str) -> Stored {
    let mut tx = w.world.db.read().await.unwrap();
    directory::of_code(&mut tx, w.world.area_id, code).await.unwrap().unwrap()
}

fn today() -> Date {
    "2026-11-20".parse().unwrap()
}

/// Rule [2.3]
#[tokio::test]
async fn what_a_service_said_of_its_places_is_called_now_only_while_it_is_fresh() {
    testkit::on_both_engines(async |w| {
        let stored = kept(&w, "young_carers").await;
        let said = |places, wait_weeks, on: &str| {
            let said_at: Timestamp = format!("{on}T09:00:00Z").parse().unwrap();
            let stored = Stored { capacity: Some(Capacity { places, wait_weeks, said_at }), ..stored.clone() };
            let page = serde_json::to_value(line::line(&w.area, &stored, None, today())).unwrap();
            [&page["places"]["words"], &page["places"]["said"], &page["places"]["colour"]]
                .map(|one| one.as_str().unwrap().to_owned())
        };
        assert_eq!(said(3, None, "2026-11-17"), ["3 places now", "said 3 days ago", "green"]);
        assert_eq!(said(0, Some(1), "2026-11-20"), ["No places: about 1 week’s wait", "said today", "grey"]);
        assert_eq!(said(3, None, "2026-11-05"), ["3 places", "said 2 weeks ago", "yellow"]);
    })
    .await;
}

#[tokio::test]
async fn what_another_directory_says_is_text_and_only_an_address_of_the_web_is_a_link() {
    testkit::on_both_engines(async |w| {
        let hostile = json!({ "id": ours::id_of(&w.area, "young_carers"), "name": "<b>A</b>", "status": "inactive", "url": "javascript:alert(1)",
            "phones": [{ "number": "01274 960 105 ext 2" }], "schedules": [{ "byday": "MO,1TU", "opens_at": "09:00:00", "closes_at": "x" }] });
        let service = Service::read(&hostile.to_string()).unwrap();
        let stored = Stored { service, ..kept(&w, "young_carers").await };
        let page = serde_json::to_value(line::whole(&w.area, &stored, today())).unwrap();
        assert_eq!((&page["url"], &page["closed"]), (&json!(""), &json!(true)));
        assert_eq!(page["telephones"], json!([["01274960105", "01274 960 105 ext 2"]]));
        assert_eq!(page["when"], json!(["Monday, Tuesday"]));
    })
    .await;
}
