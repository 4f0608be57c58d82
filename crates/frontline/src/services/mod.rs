//! The service directory: a simple one to begin with, from the area's configuration (report 2.3, 2.9, Annex B).

use crate::referrals::pages::{ServiceLine, service_line};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use kernel::names;
use serde::{Deserialize, Serialize};
use web::{PageResult, Sample, Shared, Visitor};

/// The routes of the directory.
pub fn routes() -> Router<Shared> {
    Router::new().route("/services", get(list))
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    words: String,
}

#[derive(Debug, Serialize)]
struct List {
    words: String,
    services: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    #[serde(flatten)]
    service: ServiceLine,
    whom: String,
    telephone: String,
    needs: Vec<String>,
}

async fn list(visitor: Visitor, Query(wanted): Query<Wanted>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::Search, &access::Resource::area())?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let sought = names::folded_words(&wanted.words);
    let services = area
        .services
        .values()
        .filter(|service| {
            let needs: String = service.needs.iter().map(|need| area.words(need.as_ref())).collect::<Vec<_>>().join(" ");
            let text = names::fold(&format!("{} {} {} {needs}", service.name, service.what, service.whom));
            sought.iter().all(|word| text.contains(word.as_str()))
        })
        .map(|service| Line {
            service: service_line(area, service),
            whom: service.whom.clone(),
            telephone: service.telephone.clone(),
            needs: service.needs.iter().map(|need| area.words(need.as_ref()).to_owned()).collect(),
        })
        .collect();
    visitor.page("frontline/services/templates/list.html", "Services", List { words: wanted.words, services })
}

/// Every state of the directory's page.
pub fn samples() -> Vec<Sample> {
    let service = serde_json::json!({
        "id": "tenancy_support", "name": "Home and Money", "what": "Sits down with a family over rent", "place": "Open Hand House",
        "when": "Monday to Friday", "agency": "Open Hand", "places": 0, "languages": "en", "whom": "Families", "telephone": "01274",
        "needs": ["Debt"]
    });
    let sample =
        |state, page| Sample { template: "frontline/services/templates/list.html", state, title: "Services".to_owned(), page };
    vec![
        sample("empty", serde_json::json!({ "words": "xyz", "services": [] })),
        sample("usual", serde_json::json!({ "words": "", "services": [service] })),
    ]
}
