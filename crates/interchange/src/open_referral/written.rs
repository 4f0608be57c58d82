//! What is answered, in the standard's words. Pure.

use super::query::Page;
use area::Area;
use directory::service::{ServiceAtLocation, TaxonomyTerm, leave_out_unsaid};
use directory::{Index, Stored, Taxonomy};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Returns one page of a list, with the standard's counts around it.
pub fn page(page: Page, total: usize, contents: Vec<Value>) -> Value {
    let pages = total.div_ceil(page.size);
    json!({
        "total_items": total,
        "total_pages": pages,
        "page_number": page.number,
        "size": contents.len(),
        "first_page": page.number == 1,
        "last_page": page.number >= pages,
        "empty": contents.is_empty(),
        "contents": contents,
    })
}

/// Returns those of a list that are on a page.
pub fn on_page<T>(all: &[T], page: Page) -> &[T] {
    let from = (page.number - 1).saturating_mul(page.size).min(all.len());
    &all[from..(from + page.size).min(all.len())]
}

/// Returns a service with everything that belongs to it.
pub fn service(stored: &Stored) -> Value {
    let mut service = stored.service.clone();
    // A source says when it changed its own; ours changed when it was kept.
    service.last_modified = service.last_modified.or_else(|| Some(stored.changed_at.to_string()));
    service.written()
}

/// Returns a service as lists have it: without what there may be several of.
pub fn summary(stored: &Stored) -> Value {
    without_lists(service(stored))
}

fn without_lists(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_array());
    }
    value
}

/// Returns that a service is given somewhere: `whole` with everything that belongs to both.
pub fn service_at_location(stored: &Stored, place: &ServiceAtLocation, whole: bool) -> Value {
    let mut location = serde_json::to_value(&place.location).unwrap_or_default();
    leave_out_unsaid(&mut location);
    let (location, service) = if whole { (location, service(stored)) } else { (without_lists(location), summary(stored)) };
    let mut written = Map::new();
    written.insert("id".to_owned(), json!(place.id));
    written.insert("service_id".to_owned(), json!(stored.service.id));
    if let Some(id) = place.location.as_ref().and_then(|location| location.id.as_ref()) {
        written.insert("location_id".to_owned(), json!(id));
    }
    written.insert("location".to_owned(), location);
    written.insert("service".to_owned(), service);
    Value::Object(written)
}

/// Returns a term of a taxonomy.
pub fn term(term: &TaxonomyTerm) -> Value {
    let mut term = term.clone();
    // The standard wants both; a source may have given one.
    term.name = term.name.or_else(|| term.term.clone());
    term.description = term.description.or_else(|| term.name.clone());
    let mut value = serde_json::to_value(term).unwrap_or_default();
    leave_out_unsaid(&mut value);
    value
}

/// Returns the taxonomies that public services are under, by id.
pub fn taxonomies(area: &Area, index: &Index) -> BTreeMap<Uuid, Value> {
    let mut all = BTreeMap::new();
    for term in index.terms().values() {
        let Some(id) = term.taxonomy_id.as_deref().and_then(|id| Uuid::parse_str(id).ok()) else { continue };
        let ours = Taxonomy::ALL.into_iter().find(|one| one.id(area) == id);
        let name = term.taxonomy.clone().unwrap_or_else(|| id.to_string());
        let description = ours.map_or_else(|| name.clone(), |one| one.words().1.to_owned());
        all.entry(id).or_insert_with(|| json!({ "id": id, "name": name, "description": description }));
    }
    all
}
