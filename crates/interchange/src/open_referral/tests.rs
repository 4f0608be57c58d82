//! The directory to others and from others, tried: the addresses, and a source that answers well, badly and without end.

use super::reading::{self, Fetcher};
use super::{api, query::Asked};
use area::Area;
use area::services::Source;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path as At, Query};
use axum::http::{Request, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use directory::Directory;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use testkit::{TestWorld, on_both_engines};
use tower::ServiceExt;
use uuid::Uuid;
use web::{App, Pages, Settings, Shared};

fn app(w: &TestWorld, area: Arc<Area>) -> Shared {
    let pages = Arc::new(Pages::load(Arc::clone(&area), &[]).unwrap());
    let settings = Settings { demo: false, uploads: std::path::PathBuf::new(), journal_key: Vec::new() };
    Arc::new(App { world: w.world.clone(), area, directory: Directory::default(), pages, settings })
}

async fn ask(app: &Shared, path: &str) -> (StatusCode, Value) {
    let request = Request::builder().uri(format!("/open-referral{path}")).body(Body::empty()).unwrap();
    let answer = api::routes().with_state(Arc::clone(app)).oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn all_of(app: &Shared, list: &str, per_page: usize) -> Vec<Value> {
    let (mut all, mut number) = (Vec::new(), 1);
    loop {
        let (status, page) = ask(app, &format!("/{list}?page={number}&per_page={per_page}")).await;
        assert_eq!(status, StatusCode::OK);
        let contents = page["contents"].as_array().unwrap().clone();
        assert_eq!(page["page_number"], number);
        assert_eq!(page["size"], contents.len());
        assert_eq!(page["first_page"], number == 1);
        assert_eq!(page["empty"], contents.is_empty());
        assert_eq!(page["total_pages"], page["total_items"].as_u64().unwrap().div_ceil(per_page as u64));
        all.extend(contents);
        if page["last_page"] == true {
            assert_eq!(page["total_items"], all.len());
            return all;
        }
        number += 1;
    }
}

fn ids(list: &[Value]) -> BTreeSet<String> {
    list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Rule [2.3]
#[tokio::test]
async fn every_public_service_is_on_one_page_and_only_one_however_long_pages_are() {
    on_both_engines(async |w| {
        let app = app(&w, Arc::clone(&w.area));
        let whole = all_of(&app, "services", 100).await;
        assert_eq!(whole.len(), w.area.services.values().filter(|one| one.public).count());
        assert!(!whole.iter().any(|one| one["name"] == "Warm Homes"), "what is not public is not told");
        for per_page in [1, 2, 5, 11] {
            let paged = all_of(&app, "services", per_page).await;
            assert_eq!((paged.len(), ids(&paged)), (whole.len(), ids(&whole)), "{per_page} a page");
        }
        for one in &whole {
            assert!(one.as_object().unwrap().values().all(|member| !member.is_array()), "lists have what there is one of");
            let (status, service) = ask(&app, &format!("/services/{}", one["id"].as_str().unwrap())).await;
            assert_eq!((status, &service["name"], service["schedules"].is_array()), (StatusCode::OK, &one["name"], true));
        }
        let (_, beyond) = ask(&app, "/services?page=999").await;
        assert_eq!((&beyond["empty"], &beyond["contents"], &beyond["last_page"]), (&json!(true), &json!([]), &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn places_terms_and_taxonomies_lead_to_each_other() {
    on_both_engines(async |w| {
        let app = app(&w, Arc::clone(&w.area));
        for place in all_of(&app, "service_at_locations", 3).await {
            let (status, whole) = ask(&app, &format!("/service_at_locations/{}", place["id"].as_str().unwrap())).await;
            assert_eq!((status, &whole["service"]["id"]), (StatusCode::OK, &place["service"]["id"]));
            assert!(whole["location"]["addresses"].is_array() && place["location"]["addresses"].is_null());
        }
        let taxonomies = all_of(&app, "taxonomies", 1).await;
        assert_eq!(taxonomies.len(), 2);
        let mut of_taxonomies = 0;
        for taxonomy in &taxonomies {
            let id = taxonomy["id"].as_str().unwrap();
            assert_eq!(ask(&app, &format!("/taxonomies/{id}")).await.1, *taxonomy);
            let (_, terms) = ask(&app, &format!("/taxonomy_terms?taxonomy_id={id}&per_page=100")).await;
            of_taxonomies += terms["contents"].as_array().unwrap().len();
        }
        let terms = all_of(&app, "taxonomy_terms", 7).await;
        assert_eq!(terms.len(), of_taxonomies);
        let debt = terms.iter().find(|term| term["term"] == "debt").unwrap();
        let id = debt["id"].as_str().unwrap();
        assert_eq!(ask(&app, &format!("/taxonomy_terms/{id}")).await.1, *debt);
        let (_, under) = ask(&app, &format!("/services?taxonomy_term_id={id}")).await;
        assert_eq!(under["contents"][0]["name"], "Home and Money");
        assert_eq!(under["total_items"], 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_and_what_does_not_read_are_said_in_json() {
    on_both_engines(async |w| {
        let app = app(&w, Arc::clone(&w.area));
        for list in ["services", "service_at_locations", "taxonomies", "taxonomy_terms"] {
            for id in ["00000000-0000-0000-0000-000000000001", "x", "%F0%9F%98%80"] {
                assert_eq!(ask(&app, &format!("/{list}/{id}")).await.0, StatusCode::NOT_FOUND, "{list}/{id}");
            }
            for query in ["page=0", "page=x", "per_page=0", "per_page=-1", "page=1&page=2"] {
                let (status, body) = ask(&app, &format!("/{list}?{query}")).await;
                assert_eq!(status, StatusCode::BAD_REQUEST, "{list}?{query}");
                assert!(body["detail"].as_str().unwrap().contains("page"));
            }
        }
        let hidden = directory::ours::id_of(&w.area, "warm_homes");
        assert_eq!(ask(&app, &format!("/services/{hidden}")).await.0, StatusCode::NOT_FOUND);
        for query in ["minimum_age=x", "start_time=25:00", "day=Someday", "taxonomy_id=1"] {
            assert_eq!(ask(&app, &format!("/services?{query}")).await.0, StatusCode::BAD_REQUEST, "{query}");
        }
        for query in ["postcode=nowhere", "postcode=BD18%202JL&proximity=far", "postcode=ZE1%200AA&proximity=5"] {
            assert_eq!(ask(&app, &format!("/service_at_locations?{query}")).await.0, StatusCode::BAD_REQUEST, "{query}");
        }
        assert_eq!(ask(&app, "").await.1["version"], "HSDS-UK-3.0");
    })
    .await;
}

#[tokio::test]
async fn places_are_found_within_a_distance_from_a_postcode() {
    on_both_engines(async |w| {
        let app = app(&w, Arc::clone(&w.area));
        let file = "pcds,lat,long\nBD18 2JL,53.833,-1.776\nBD18 3QX,53.836,-1.771\nHX1 1AA,53.722,-1.861\n";
        directory::place::import(&w.world, file.as_bytes(), |_| {}).await.unwrap();
        let count = async |metres: u32| {
            let (status, page) = ask(&app, &format!("/service_at_locations?postcode=BD183QX&proximity={metres}")).await;
            assert_eq!(status, StatusCode::OK);
            page["total_items"].as_u64().unwrap()
        };
        assert_eq!((count(100).await, count(1000).await, count(30_000).await), (0, 2, 3));
    })
    .await;
}

#[test]
fn a_parameter_of_the_standard_reads_as_it_is_written_there() {
    let asked: Asked = serde_json::from_value(json!({
        "minimum_age": "5", "maximum_age": "11.5", "start_time": "09:30:00", "end_time": "17:00", "day": "monday", "per_page": "9999"
    }))
    .unwrap();
    let filter = asked.filter().unwrap();
    assert_eq!(
        (filter.minimum_age, filter.maximum_age, filter.start, filter.end),
        (Some(5.0), Some(11.5), Some(570), Some(1020))
    );
    assert_eq!(filter.day, Some(area::services::Day::MO));
    assert_eq!(asked.page().unwrap().size, super::query::PER_PAGE_MAX);
}

/// A directory of somebody else: what it answers to each path, and which were asked for.
#[derive(Clone, Default)]
struct Other {
    answers: Arc<Mutex<HashMap<String, (StatusCode, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Other {
    fn says(&self, path: &str, body: &Value) {
        self.answers.lock().unwrap().insert(path.to_owned(), (StatusCode::OK, body.to_string()));
    }

    fn fails(&self, path: &str, status: StatusCode) {
        self.answers.lock().unwrap().insert(path.to_owned(), (status, "<html>".to_owned()));
    }

    fn answer(&self, path: &str) -> axum::response::Response {
        self.asked.lock().unwrap().push(path.to_owned());
        let found = self.answers.lock().unwrap().get(path).cloned();
        found.unwrap_or((StatusCode::NOT_FOUND, String::new())).into_response()
    }

    fn count_asked(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).len()
    }

    /// Serves it, and returns its address as a source of an area.
    async fn serve(&self) -> Source {
        let (list, one) = (self.clone(), self.clone());
        let router = Router::new()
            .route(
                "/d/services",
                get(move |query: Query<HashMap<String, String>>| {
                    std::future::ready(list.answer(&format!("page {}", query.0["page"])))
                }),
            )
            .route("/d/services/{id}", get(move |At(id): At<String>| std::future::ready(one.answer(&id))));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        toml::from_str(&format!(
            "id = \"other\"\nname = \"Other\"\nurl = \"http://{address}/d/\"\nlicence = \"Open\"\npublish = true"
        ))
        .unwrap()
    }
}

fn service(number: u128) -> Value {
    json!({ "id": Uuid::from_u128(number), "name": format!("Service {number}"), "status": "active", "last_modified": "2026-01-01" })
}

fn page(services: &[Value], of: usize, pages: usize, last: bool) -> Value {
    json!({ "total_items": of, "total_pages": pages, "last_page": last, "contents": services })
}

fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

#[tokio::test]
async fn a_directory_is_read_page_by_page_once_and_then_only_what_changed() {
    on_both_engines(async |w| {
        let other = Other::default();
        let source = other.serve().await;
        let services: Vec<Value> = (1..=5).map(service).collect();
        other.says("page 1", &page(&services[..3], 5, 2, false));
        other.says("page 2", &page(&services[3..], 5, 2, true));
        services.iter().for_each(|one| other.says(one["id"].as_str().unwrap(), one));
        let read = async || {
            w.world.clock.advance_seconds(60);
            reading::read(&w.world, &w.area, &source, &Fetcher::default()).await.unwrap().unwrap()
        };
        let first = read().await;
        assert_eq!((first.listed, first.changed, first.problem.as_str(), other.count_asked()), (5, 5, "", 7));
        let second = read().await;
        assert_eq!((second.changed, other.count_asked()), (0, 2), "nothing changed, so only the list is read");
        let mut changed = services.clone();
        changed[1]["last_modified"] = json!("2026-02-01");
        other.says("page 1", &page(&changed[..2], 4, 2, false));
        other.says("page 2", &page(&changed[3..], 4, 2, true));
        other.says(&id(2), &changed[1]);
        let third = read().await;
        assert_eq!((third.changed, third.withdrawn, other.count_asked()), (1, 1, 3));
        let published = app(
            &w,
            Arc::new({
                let mut area = Area::clone(&w.area);
                area.directory.source.push(source.clone());
                area
            }),
        );
        assert_eq!(ask(&published, &format!("/services/{}", id(2))).await.1["last_modified"], "2026-02-01T00:00:00Z");
        assert_eq!(ask(&published, &format!("/services/{}", id(3))).await.0, StatusCode::NOT_FOUND, "it is withdrawn");
    })
    .await;
}

#[tokio::test]
async fn a_directory_that_answers_wrongly_or_without_end_takes_nothing_away_and_says_what_is_wrong() {
    on_both_engines(async |w| {
        let other = Other::default();
        let source = other.serve().await;
        let read = async || {
            w.world.clock.advance_seconds(60);
            reading::read(&w.world, &w.area, &source, &Fetcher::default()).await.unwrap().unwrap()
        };
        let services: Vec<Value> = (1..=3).map(service).collect();
        other.says("page 1", &page(&services, 3, 1, true));
        services.iter().for_each(|one| other.says(one["id"].as_str().unwrap(), one));
        assert_eq!(read().await.changed, 3);
        other.fails("page 1", StatusCode::INTERNAL_SERVER_ERROR);
        let failed = read().await;
        assert!(failed.problem.ends_with("http status: 500") && failed.withdrawn == 0, "{}", failed.problem);
        other.says("page 1", &json!({ "hello": "world" }));
        assert!(read().await.problem.contains("is no page of a list: missing field `contents`"));
        other.says("page 1", &page(&services[..1], 3, 1, true));
        let short = read().await;
        assert_eq!((short.problem.as_str(), short.withdrawn), ("its list says 3 services and has 1", 0));
        for number in 1..=3 {
            other.says(&format!("page {number}"), &json!({ "contents": services }));
        }
        let endless = read().await;
        assert_eq!(endless.problem, "page 2 of its list has nothing that was not on a page before");
        let strange = [json!({ "id": 7 }), json!({ "id": "../../admin", "name": "x" }), json!("text"), service(4), service(5)];
        other.says("page 1", &page(&[&services[..], &strange[..]].concat(), 8, 1, true));
        other.says(&id(4), &service(5));
        other.count_asked();
        let put_aside = read().await;
        assert_eq!((put_aside.refused, put_aside.changed, put_aside.problem.as_str()), (5, 0, ""));
        assert_eq!(other.count_asked(), 3, "what is no id is asked for nowhere");
        let mut tx = w.world.db.read().await.unwrap();
        let stands = directory::sources::stands(&mut tx, w.world.area_id, "other").await.unwrap();
        let of = |id: &str| stands.refused.iter().find(|one| one.entry_id == id).unwrap().problem.clone();
        assert_eq!(of("../../admin"), "id: it is no UUID");
        assert!(of(&id(4)).starts_with("id: it is listed as") && of(&id(5)).ends_with("http status: 404"));
    })
    .await;
}
