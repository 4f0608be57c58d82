//! What a source's entry needs before it is told on as the standard asks: ids, required members, formats. Pure.
//!
//! What can be named is named, always alike; what cannot be mended is left out. Nothing is made up: a missing town is an empty one.

use crate::service::{Service, named_id};
use kernel::{Date, Timestamp};
use uuid::Uuid;

/// Mends what does not read, or is missing and required.
pub(crate) fn mend(service: &mut Service) {
    let own = service.id.to_string();
    service.last_modified = service.last_modified.take().and_then(|text| moment(&text));
    service.url = service.url.take().filter(|url| is_web(url));
    service.email = service.email.take().filter(|email| is_email(email));
    service.assurer_email = service.assurer_email.take().filter(|email| is_email(email));
    if let Some(organization) = &mut service.organization {
        identify(&mut organization.id, &[&own, "organization"]);
        organization.name.get_or_insert_default();
        organization.description.get_or_insert_default();
        organization.email = organization.email.take().filter(|email| is_email(email));
        organization.website = organization.website.take().filter(|url| is_web(url));
        organization.uri = organization.uri.take().filter(|url| is_web(url));
        organization.parent_organization_id = organization.parent_organization_id.take().filter(|id| Uuid::parse_str(id).is_ok());
    }
    let schedules = service.service_at_locations.iter_mut().flat_map(|place| &mut place.schedules);
    for (nth, schedule) in service.schedules.iter_mut().chain(schedules).enumerate() {
        identify(&mut schedule.id, &[&own, "schedule", &nth.to_string()]);
        schedule.freq = schedule.freq.take().filter(|freq| ["WEEKLY", "MONTHLY"].contains(&freq.as_str()));
        schedule.schedule_link = schedule.schedule_link.take().filter(|url| is_web(url));
    }
    for (nth, place) in service.service_at_locations.iter_mut().enumerate() {
        identify(&mut place.id, &[&own, "service_at_location", &nth.to_string()]);
        let Some(location) = &mut place.location else { continue };
        identify(&mut location.id, &[&own, "location", &nth.to_string()]);
        kind(&mut location.location_type);
        for (nth, address) in location.addresses.iter_mut().enumerate() {
            identify(&mut address.id, &[&own, "address", &nth.to_string()]);
            kind(&mut address.address_type);
            let required = [
                &mut address.address_1,
                &mut address.city,
                &mut address.state_province,
                &mut address.postal_code,
                &mut address.country,
            ];
            required.into_iter().for_each(|member| _ = member.get_or_insert_default());
        }
        for (nth, one) in location.accessibility.iter_mut().enumerate() {
            identify(&mut one.id, &[&own, "accessibility", &nth.to_string()]);
            one.url = one.url.take().filter(|url| is_web(url));
        }
    }
    mend_parts(service, &own);
}

fn mend_parts(service: &mut Service, own: &str) {
    let ids = service.languages.iter_mut().map(|one| ("language", &mut one.id));
    let ids = ids.chain(service.funding.iter_mut().map(|one| ("funding", &mut one.id)));
    let ids = ids.chain(service.cost_options.iter_mut().map(|one| ("cost_option", &mut one.id)));
    let ids = ids.chain(service.service_areas.iter_mut().map(|one| ("service_area", &mut one.id)));
    let ids = ids.chain(service.phones.iter_mut().map(|one| ("phone", &mut one.id)));
    let ids = ids.chain(service.contacts.iter_mut().map(|one| ("contact", &mut one.id)));
    let ids = ids.chain(service.attributes.iter_mut().map(|one| ("attribute", &mut one.id)));
    for (nth, (kind, id)) in ids.enumerate() {
        identify(id, &[own, kind, &nth.to_string()]);
    }
    for term in service.attributes.iter_mut().filter_map(|one| one.taxonomy_term.as_mut()) {
        term.name = term.name.take().or_else(|| term.term.clone());
        let name = term.name.get_or_insert_default().clone();
        term.description.get_or_insert(name.clone());
        identify(&mut term.id, &["taxonomy_term", term.taxonomy.as_deref().unwrap_or_default(), &name]);
        term.parent_id = term.parent_id.take().filter(|id| Uuid::parse_str(id).is_ok());
        term.taxonomy_id = term.taxonomy_id.take().filter(|id| Uuid::parse_str(id).is_ok());
        term.term_uri = term.term_uri.take().filter(|uri| is_web(uri));
    }
}

fn identify(id: &mut Option<String>, words: &[&str]) {
    if id.as_deref().is_none_or(|id| Uuid::parse_str(id).is_err()) {
        *id = Some(named_id(words).to_string());
    }
}

fn kind(member: &mut Option<String>) {
    if !member.as_deref().is_some_and(|kind| ["physical", "postal", "virtual"].contains(&kind)) {
        *member = Some("physical".to_owned());
    }
}

/// Reads a moment, or a day alone, and writes it as the standard asks.
fn moment(text: &str) -> Option<String> {
    let day = || text.parse::<Date>().ok().map(|day| format!("{day}T00:00:00Z"));
    text.parse::<Timestamp>().ok().map(|moment| moment.to_string()).or_else(day)
}

fn is_web(url: &str) -> bool {
    let has_scheme = url.starts_with("https://") || url.starts_with("http://");
    has_scheme && url.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c))
}

fn is_email(email: &str) -> bool {
    let is_plain = email.chars().all(|c| c.is_ascii_alphanumeric() || "@.+-_".contains(c));
    is_plain && email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}
