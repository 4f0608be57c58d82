//! The product as a whole: every sample renders, every route is tried as nobody and as the wrong person.

mod as_known;
mod helping;
mod leaving;
mod merging;
mod retention;
mod unseen;

use crate::gallery;
use crate::routes::{TEMPLATES, router, samples};
use access::sign_in;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::TestWorld;
use tower::ServiceExt;
use web::{App, Pages, Settings, Shared};

fn count(html: &Html, selector: &str) -> usize {
    html.select(&Selector::parse(selector).unwrap()).count()
}

#[tokio::test]
async fn every_page_renders_in_every_state_with_one_heading_and_a_label_for_every_field() {
    let w = testkit::sqlite().await;
    let pages = Pages::load(Arc::clone(&w.area), &TEMPLATES).unwrap();
    let mut faults = Vec::new();
    for sample in samples() {
        let name = format!("{} ({})", sample.template, sample.state);
        match pages.render(sample.template, &gallery::site(&sample.title), &sample.page) {
            Ok(text) => faults.extend(
                faults_of(&Html::parse_document(&text), &sample.page).into_iter().map(|fault| format!("{name}: {fault}")),
            ),
            Err(e) => faults.push(format!("{name}: {e:#}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn faults_of(html: &Html, page: &serde_json::Value) -> Vec<String> {
    let mut faults = Vec::new();
    if count(html, "h1") != 1 {
        faults.push(format!("{} main headings", count(html, "h1")));
    }
    for field in html.select(&Selector::parse("input:not([type=hidden]), select, textarea").unwrap()) {
        let id = field.value().attr("id").unwrap_or_default();
        if !html.select(&Selector::parse("label").unwrap()).any(|label| label.value().attr("for") == Some(id)) {
            faults.push(format!("no label for the field '{id}' ({:?})", field.value().attr("name")));
        }
    }
    let mut ids: Vec<&str> = html.select(&Selector::parse("[id]").unwrap()).filter_map(|e| e.value().attr("id")).collect();
    ids.sort_unstable();
    faults.extend(ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("the id {} stands twice", pair[0])));
    if page["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
        if count(html, ".govuk-error-summary") != 1 {
            faults.push("what is wrong is not said at the top".to_owned());
        }
        for error in html.select(&Selector::parse(".govuk-error-summary a").unwrap()) {
            let target = error.value().attr("href").unwrap_or_default().trim_start_matches('#');
            if !ids.contains(&target) {
                faults.push(format!("an error leads to #{target}, which is not there"));
            }
        }
    }
    if count(html, "[style], script:not([src]), style") > 0 {
        faults.push("it has a style or script that the security policy forbids".to_owned());
    }
    faults
}

#[test]
fn every_template_of_a_page_has_a_sample() {
    let sampled: BTreeSet<&str> = samples().iter().map(|sample| sample.template).collect();
    for (name, folder) in [("desk", "../desk/src"), ("frontline", "../frontline/src"), ("processes", "../processes/src")] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for feature in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
            let Ok(templates) = std::fs::read_dir(feature.path().join("templates")) else { continue };
            for template in templates.filter_map(Result::ok) {
                // What only lends its parts to pages is seen in theirs.
                if !std::fs::read_to_string(template.path()).unwrap().contains("{% extends") {
                    continue;
                }
                let path = format!("{name}/{}/templates/{}", feature.file_name().display(), template.file_name().display());
                assert!(sampled.contains(path.as_str()), "{path} has no sample");
            }
        }
    }
}

struct Site {
    world: TestWorld,
    app: Shared,
    folder: tempfile::TempDir,
}

async fn site() -> Site {
    site_of(testkit::sqlite().await)
}

fn site_of(world: TestWorld) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let pages = Pages::load(Arc::clone(&world.area), &TEMPLATES).unwrap();
    let journal_key = ::store::keys::SigningKey::from_seed(&[7; 32]).unwrap().public();
    let settings = Settings { demo: false, uploads: folder.path().to_owned(), journal_key };
    let app = Arc::new(App {
        world: world.world.clone(),
        area: Arc::clone(&world.area),
        directory: Default::default(),
        pages: Arc::new(pages),
        settings,
    });
    Site { world, app, folder }
}

impl Site {
    async fn cookie(&self, name: &str) -> String {
        let cookie = sign_in::as_made_up_person(&self.world.world, self.world.actor(name).id).await.unwrap();
        format!("{}={}", web::around::SESSION_COOKIE, cookie.0)
    }

    async fn ask(&self, method: &str, path: &str, cookie: Option<&str>, body: &str) -> (StatusCode, String, String) {
        let mut request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = router(Arc::clone(&self.app)).oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).map_or_else(String::new, |to| to.to_str().unwrap().to_owned());
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, location, String::from_utf8_lossy(&bytes).into_owned())
    }
}

const NOBODY: &str = "01930000-0000-7000-8000-000000000000";

/// Every route that asks who is there, with the path of a record that is not.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/help"),
    ("GET", "/work/ID"),
    ("GET", "/notices"),
    ("POST", "/notices"),
    ("GET", "/people/ID/safe-contact"),
    ("POST", "/people/ID/safe-contact"),
    ("POST", "/referrals/ID/notices/ID/told"),
    ("GET", "/account"),
    ("GET", "/getting-in"),
    ("GET", "/skills"),
    ("POST", "/skills"),
    ("POST", "/skills/take-back"),
    ("GET", "/colleagues"),
    ("GET", "/team-training"),
    ("POST", "/team-training"),
    ("GET", "/search"),
    ("GET", "/search?q=amy&why=contact"),
    ("GET", "/people/new"),
    ("POST", "/people/new"),
    ("GET", "/people/ID"),
    ("POST", "/people/ID/ask"),
    ("POST", "/people/ID/read"),
    ("GET", "/people/ID/facts"),
    ("POST", "/people/ID/facts"),
    ("GET", "/people/ID/details"),
    ("GET", "/people/ID/details/name"),
    ("POST", "/people/ID/details/name"),
    ("GET", "/people/ID/relatives/ID"),
    ("POST", "/people/ID/relatives/ID"),
    ("POST", "/people/ID/family"),
    ("POST", "/people/ID/family/ID"),
    ("GET", "/people/ID/shield"),
    ("POST", "/people/ID/shield"),
    ("GET", "/people/ID/contacts/new"),
    ("POST", "/people/ID/contacts/new"),
    ("POST", "/people/ID/contacts/draft"),
    ("POST", "/contacts/suggest"),
    ("GET", "/contacts/ID"),
    ("POST", "/contacts/ID"),
    ("GET", "/people/ID/support"),
    ("GET", "/people/ID/support/tenancy_support"),
    ("POST", "/people/ID/support/tenancy_support"),
    ("GET", "/referrals"),
    ("GET", "/referrals/ID"),
    ("POST", "/referrals/ID/accept"),
    ("GET", "/services"),
    ("GET", "/services/ID"),
    ("POST", "/services/tenancy_support/places"),
    ("GET", "/directories"),
    ("POST", "/directories/county/read"),
    ("POST", "/directories/county/withdraw"),
    ("GET", "/facts/ID"),
    ("POST", "/facts/ID"),
    ("POST", "/facts/ID/withdraw"),
    ("GET", "/feeds"),
    ("POST", "/feeds"),
    ("GET", "/feeds/ID"),
    ("POST", "/feeds/ID/stop"),
    ("GET", "/feeds/ID/bad-rows.csv"),
    ("POST", "/waiting/housing/1"),
    ("GET", "/matches"),
    ("GET", "/matches/ID"),
    ("POST", "/matches/ID"),
    ("GET", "/belonging"),
    ("GET", "/belonging/ID"),
    ("POST", "/belonging/ID"),
    ("GET", "/links/ID/undo"),
    ("POST", "/links/ID/undo"),
    ("GET", "/people/ID/story"),
    ("GET", "/people/ID/looked"),
    ("POST", "/people/ID/looked/withhold"),
    ("GET", "/people/ID/agreements"),
    ("GET", "/people/ID/agreements/new"),
    ("POST", "/people/ID/agreements/new"),
    ("GET", "/agreements/ID"),
    ("POST", "/agreements/ID/withdraw"),
    ("POST", "/agreements/ID/let-end"),
    ("GET", "/people/ID/share"),
    ("POST", "/people/ID/share"),
    ("GET", "/people/ID/share/danger"),
    ("POST", "/people/ID/share/danger"),
    ("GET", "/people/ID/share/check"),
    ("POST", "/people/ID/share/check"),
    ("GET", "/people/ID/share-now"),
    ("POST", "/people/ID/share-now"),
    ("GET", "/people/ID/share-not"),
    ("POST", "/people/ID/share-not"),
    ("GET", "/people/ID/shares"),
    ("GET", "/people/ID/ask-agency"),
    ("POST", "/people/ID/ask-agency"),
    ("GET", "/share-requests/ID"),
    ("POST", "/share-requests/ID/withdraw"),
    ("GET", "/shares/ID"),
    ("POST", "/shares/ID/end"),
    ("POST", "/shares/ID/put-right"),
    ("POST", "/share-tasks/ID"),
    ("GET", "/shared/ID"),
    ("GET", "/sharing"),
    ("GET", "/index"),
    ("POST", "/index"),
    ("GET", "/index/ID"),
    ("GET", "/index/ID/ID"),
    ("POST", "/index/ID/ID/message"),
    ("GET", "/messages/ID"),
    ("POST", "/messages/ID"),
    ("GET", "/alerts"),
    ("POST", "/alerts/ID"),
    ("GET", "/signals"),
    ("GET", "/signals/ID"),
    ("POST", "/signals/ID"),
    ("GET", "/kinds-of-signal"),
    ("GET", "/people/ID/shield-now"),
    ("POST", "/people/ID/shield-now"),
    ("GET", "/shield-tasks/ID"),
    ("POST", "/shield-tasks/ID"),
    ("GET", "/as-known"),
    ("GET", "/facts/ID/who"),
    ("GET", "/people/ID/why"),
    ("GET", "/visibility"),
    ("GET", "/people/ID/visibility"),
    ("GET", "/rules/try"),
    ("POST", "/rules/try"),
    ("GET", "/people/ID/as-known"),
    ("GET", "/danger"),
    ("GET", "/practitioners"),
    ("GET", "/practitioners/new"),
    ("POST", "/practitioners/new"),
    ("GET", "/practitioners/ID"),
    ("POST", "/practitioners/ID/invite"),
    ("POST", "/practitioners/ID/roles"),
    ("GET", "/journal"),
    ("POST", "/journal/check"),
    ("GET", "/jobs"),
    ("POST", "/jobs"),
    ("GET", "/nobody-forgotten"),
    ("GET", "/rules"),
    ("GET", "/people/ID/plan"),
    ("GET", "/people/ID/families/ID/plan"),
    ("POST", "/people/ID/families/ID/plan"),
    ("POST", "/people/ID/families/ID/plan/close"),
    ("GET", "/people/ID/families/ID/plan/copy"),
    ("GET", "/people/ID/families/ID/plan/action"),
    ("POST", "/people/ID/families/ID/plan/action"),
    ("GET", "/people/ID/families/ID/plan/needs/ID"),
    ("POST", "/people/ID/families/ID/plan/needs/ID"),
    ("GET", "/people/ID/families/ID/plan/review"),
    ("POST", "/people/ID/families/ID/plan/review"),
    ("GET", "/plan-actions/ID"),
    ("POST", "/plan-actions/ID/done"),
    ("GET", "/people/ID/families/ID/lead"),
    ("POST", "/people/ID/families/ID/lead"),
    ("GET", "/handovers/ID"),
    ("POST", "/handovers/ID/accept"),
    ("GET", "/people/ID/families/ID/level"),
    ("POST", "/people/ID/families/ID/level"),
    ("GET", "/people/ID/families/ID/meetings"),
    ("POST", "/people/ID/families/ID/meetings"),
    ("GET", "/meetings/ID"),
    ("POST", "/meetings/ID/move"),
    ("GET", "/meetings/ID/minutes"),
    ("POST", "/meetings/ID/minutes"),
    ("POST", "/meetings/ID/minutes/draft"),
    ("GET", "/away"),
    ("POST", "/away"),
    ("POST", "/away/end"),
    ("POST", "/offline/device"),
    ("POST", "/offline/notes"),
    ("GET", "/notes/ID"),
    ("POST", "/notes/ID/settle"),
    ("GET", "/people/ID/families/ID/contract"),
    ("GET", "/people/ID/families/ID/contract/new"),
    ("POST", "/people/ID/families/ID/contract/new"),
    ("GET", "/people/ID/families/ID/contract/copy"),
    ("POST", "/people/ID/families/ID/contract/ID/end"),
    ("GET", "/people/ID/families/ID/contract/ID/person-ID/paper"),
    ("GET", "/people/ID/families/ID/contract/ID/person-ID"),
    ("POST", "/people/ID/families/ID/contract/ID/person-ID"),
    ("POST", "/people/ID/families/ID/contract/ID/person-ID/link"),
    ("POST", "/people/ID/families/ID/contract/ID/person-ID/link/end"),
    ("GET", "/people/ID/families/ID/closing"),
    ("POST", "/people/ID/families/ID/closing"),
    ("POST", "/people/ID/families/ID/begin-again"),
    ("POST", "/closings/ID/answer"),
    ("POST", "/closings/ID/withdraw"),
    ("GET", "/people/ID/families/ID/plan/changes"),
    ("GET", "/people/ID/families/ID/plan/said/progress"),
    ("POST", "/people/ID/families/ID/plan/said/success"),
    ("POST", "/people/ID/families/ID/lead/take"),
    ("POST", "/contacts/ID/give"),
    ("POST", "/referrals/ID/give"),
    ("GET", "/people/ID/families/ID/plan/enforcement"),
    ("POST", "/people/ID/families/ID/plan/enforcement"),
    ("GET", "/people/ID/families/ID/plan/enforcement/ID/not-kept"),
    ("POST", "/people/ID/families/ID/plan/enforcement/ID/not-kept"),
    ("GET", "/people/ID/families/ID/working-with"),
    ("GET", "/people/ID/families/ID/working-with/approach/ID"),
    ("POST", "/people/ID/families/ID/working-with/balance/ID"),
    ("GET", "/people/ID/families/ID/if-worse"),
    ("POST", "/people/ID/families/ID/if-worse"),
    ("POST", "/people/ID/families/ID/if-worse/ID/end"),
    ("GET", "/visits"),
    ("GET", "/visits/ID"),
    ("POST", "/visits/ID/move"),
    ("GET", "/visits/ID/outcome"),
    ("POST", "/visits/ID/outcome"),
    ("GET", "/people/ID/visits/plan"),
    ("POST", "/people/ID/visits/plan"),
    ("GET", "/people/ID/visits/record"),
    ("POST", "/people/ID/visits/record"),
    ("POST", "/visits/note"),
    ("GET", "/not-seen"),
    ("GET", "/calendar"),
    ("POST", "/calendar"),
    ("POST", "/calendar/take-back"),
];

/// Every route that asks who is there, with the method and the path of a record that is not.
fn routes() -> Vec<(&'static str, String)> {
    ROUTES.iter().map(|(method, path)| (*method, path.replace("ID", NOBODY))).collect()
}

/// Addresses that are asked without a session: for signing in, for the program that watches, for others' programs with a key, and what is
/// public: the directory.
const OPEN: [&str; 30] = [
    "/offline",
    "/offline/state",
    "/offline/forget",
    "/offline-worker.js",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/as/{id}",
    "/invitation/{token}",
    "/sign-out",
    "/account/sign-out-everywhere",
    "/health",
    "/assets/{name}",
    "/custodian/v0/answer",
    "/calendars/{file}",
    "/stop/{token}",
    "/agree/{token}",
    "/agree/{token}/answer",
    "/agree/{token}/done",
    "/find-help",
    "/find-help/{code}",
    "/open-referral",
    "/open-referral/",
    "/open-referral/services",
    "/open-referral/services/{id}",
    "/open-referral/service_at_locations",
    "/open-referral/service_at_locations/{id}",
    "/open-referral/taxonomies",
    "/open-referral/taxonomies/{id}",
    "/open-referral/taxonomy_terms",
    "/open-referral/taxonomy_terms/{id}",
];

#[test]
fn every_route_there_is_is_tried_as_nobody() {
    let declared = regex::Regex::new(r#"\.route\(\s*"([^"]+)""#).unwrap();
    let parameter = regex::Regex::new(r"\{[^}]+\}").unwrap();
    let mut untried = Vec::new();
    for file in source_files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for route in declared.captures_iter(&text).map(|found| found[1].to_owned()) {
            let like = regex::Regex::new(&format!("^{}$", parameter.replace_all(&route, "[^/]+"))).unwrap();
            let is_tried = ROUTES.iter().any(|(_, path)| like.is_match(path.split('?').next().unwrap_or_default()));
            if !is_tried && !OPEN.contains(&route.as_str()) {
                untried.push(route);
            }
        }
    }
    assert!(untried.is_empty(), "nobody tries {untried:#?}");
}

fn source_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() && name != "node_modules" && name != "tests" {
            files.extend(source_files(&entry));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            files.push(entry);
        }
    }
    files
}

#[tokio::test]
async fn every_route_sends_nobody_to_sign_in_and_tells_them_nothing() {
    let site = site().await;
    for (method, path) in routes() {
        let (status, location, body) = site.ask(method, &path, None, "").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{method} {path}");
        assert!(location.starts_with("/sign-in?next="), "{method} {path} leads to {location}");
        assert!(body.is_empty(), "{method} {path}");
    }
}

#[tokio::test]
async fn every_form_without_the_sessions_token_is_refused() {
    let site = site().await;
    let cookie = site.cookie("Helen").await;
    for (method, path) in routes().into_iter().filter(|(method, path)| *method == "POST" && path != "/feeds") {
        let (status, _, _) = site.ask(method, &path, Some(&cookie), "csrf=wrong").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{method} {path}");
    }
}

#[tokio::test]
async fn whoever_lacks_training_is_led_to_how_to_get_it_from_every_page() {
    let site = site().await;
    let cookie = site.cookie("Kit").await;
    for (method, path) in routes() {
        if ["/account", "/getting-in"].contains(&path.as_str()) {
            continue;
        }
        let (status, location, _) = site.ask(method, &path, Some(&cookie), "").await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/getting-in"), "{method} {path}");
    }
    let (status, _, body) = site.ask("GET", "/getting-in", Some(&cookie), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Take the training"));
}

#[tokio::test]
async fn a_record_that_is_not_there_and_one_that_is_hidden_answer_alike_to_everybody() {
    let site = site().await;
    for name in ["Helen", "Grace", "Moira", "Joy", "Ravi", "Ruth", "Sam"] {
        let cookie = site.cookie(name).await;
        for (method, path) in routes().into_iter().filter(|(method, path)| *method == "GET" && path.contains(NOBODY)) {
            let (status, _, body) = site.ask(method, &path, Some(&cookie), "").await;
            let is_refused = (path.starts_with("/feeds") && name != "Joy" && name != "Ravi")
                || (path.starts_with("/practitioners") && name != "Ravi")
                || (path == format!("/index/{NOBODY}") && ["Ravi", "Ruth", "Sam"].contains(&name))
                || (["/matches", "/links", "/belonging"].iter().any(|one| path.starts_with(one))
                    && name != "Joy"
                    && name != "Moira");
            let expected = if is_refused { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
            assert_eq!(status, expected, "{name}: {method} {path}");
            assert!(!body.contains("panicked"), "{name}: {path}");
        }
    }
}

#[tokio::test]
async fn every_role_opens_its_own_pages_and_no_others() {
    let site = site().await;
    let pages = [
        "/",
        "/search",
        "/referrals",
        "/services",
        "/directories",
        "/sharing",
        "/index",
        "/alerts",
        "/signals",
        "/kinds-of-signal",
        "/as-known",
        "/visibility",
        "/rules/try",
        "/danger",
        "/feeds",
        "/matches",
        "/belonging",
        "/nobody-forgotten",
        "/practitioners",
        "/jobs",
        "/journal",
        "/people/new",
    ];
    let mut table = String::new();
    for name in ["Helen", "Tariq", "Moira", "Joy", "Ravi", "Ruth", "Sam", "Nadia"] {
        let cookie = site.cookie(name).await;
        for path in pages {
            let (status, _, _) = site.ask("GET", path, Some(&cookie), "").await;
            assert!(!status.is_server_error(), "{name} {path}");
            table.push_str(&format!("{name} {path} {}\n", status.as_u16()));
        }
    }
    insta::assert_snapshot!(table);
    assert!(site.folder.path().exists());
}

#[tokio::test]
async fn answers_carry_the_headers_that_keep_a_page_to_itself() {
    let site = site().await;
    let request = Request::builder().uri("/sign-in").body(Body::empty()).unwrap();
    let answer = router(Arc::clone(&site.app)).oneshot(request).await.unwrap();
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn nobody_becomes_a_made_up_person_outside_the_demonstration() {
    let site = site().await;
    let id = site.world.actor("Helen").id;
    let (status, _, _) = site.ask("POST", &format!("/sign-in/as/{id}"), None, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
