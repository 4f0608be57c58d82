//! The page of the story.

use super::compose::{self, About, Entry, Wanted};
use access::Act;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use families::people::{self, PersonId};
use families::search;
use serde::{Deserialize, Serialize};
use web::{PageResult, Shared, Visitor};

/// The routes of the story.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{id}/story", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    whole: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    order: String,
}

#[derive(Debug, Serialize)]
struct Story {
    id: String,
    name: String,
    whole: bool,
    about: String,
    oldest: bool,
    kinds: Vec<(&'static str, &'static str)>,
    entries: Vec<Entry>,
    shielded: bool,
}

/// Returns the story of somebody's whole family.
pub(crate) async fn whole(visitor: Visitor, id: PersonId) -> PageResult {
    show(visitor, Path(id), Query(Asked { whole: "yes".to_owned(), ..Asked::default() })).await
}

async fn show(visitor: Visitor, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, Act::OpenPerson, id).await?;
    let wanted = Wanted {
        focus: id,
        is_whole: asked.whole == "yes",
        about: asked.about.parse::<About>().ok(),
        is_oldest_first: asked.order == "oldest",
    };
    let entries = compose::compose(&mut ctx, &visitor.app.area, wanted).await?;
    let name = search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let page = Story {
        id: id.to_string(),
        name,
        whole: wanted.is_whole,
        about: wanted.about.map_or("", About::as_str).to_owned(),
        oldest: wanted.is_oldest_first,
        kinds: About::ALL.iter().map(|about| (about.as_str(), about.words())).collect(),
        entries,
        shielded: standing.location_shielded || standing.restricted,
    };
    visitor.page("desk/story/templates/story.html", "The story", page)
}
