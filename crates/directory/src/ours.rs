//! The area's own services, written as the standard writes them. Pure.

use crate::service::{
    Accessibility, Address, Attribute, Contact, CostOption, Funding, Language, Location, Number, Organization, Phone, Schedule,
    Service, ServiceAtLocation, Status, TaxonomyTerm, named_id,
};
use area::services::{Opening, Premises};
use area::{Area, Service as Written};
use uuid::Uuid;

/// The taxonomies that an area's own services are under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taxonomy {
    /// What families need, in the area's vocabulary.
    Needs,
    /// Universal, targeted, specialist (report, Annex B).
    Tiers,
}

impl Taxonomy {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Needs, Self::Tiers];

    /// Returns its name and what it is.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Needs => ("Needs", "What families need, in the words of the area"),
            Self::Tiers => ("Tiers", "How high a service's threshold is: universal, targeted or specialist"),
        }
    }

    /// Returns its id in an area.
    pub fn id(self, area: &Area) -> Uuid {
        named_id(&["taxonomy", &area.setting.code, self.words().0])
    }

    /// Returns one of its terms.
    pub fn term(self, area: &Area, code: &str) -> TaxonomyTerm {
        let words = match self {
            Self::Needs => area.words(code).to_owned(),
            Self::Tiers => code.to_owned(),
        };
        TaxonomyTerm {
            id: Some(named_id(&["taxonomy_term", &area.setting.code, self.words().0, code]).to_string()),
            description: Some(words.clone()),
            name: Some(words),
            taxonomy: Some(self.words().0.to_owned()),
            taxonomy_id: Some(self.id(area).to_string()),
            term: Some(code.to_owned()),
            ..TaxonomyTerm::default()
        }
    }
}

/// Returns the id of an area's own service.
pub fn id_of(area: &Area, code: &str) -> Uuid {
    named_id(&["service", &area.setting.code, code])
}

/// Names what belongs to one service: each part has an id that stays.
struct Parts<'a> {
    area: &'a Area,
    code: &'a str,
}

impl Parts<'_> {
    fn id(&self, kind: &str, which: &str) -> Option<String> {
        Some(named_id(&[kind, &self.area.setting.code, self.code, which]).to_string())
    }

    fn attribute(&self, taxonomy: Taxonomy, term: &str) -> Attribute {
        let term = taxonomy.term(self.area, term);
        Attribute { id: self.id("attribute", term.id.as_deref().unwrap_or_default()), link_type: None, taxonomy_term: Some(term) }
    }

    fn schedule(&self, opening: &Opening, when: &str, place: &str) -> Schedule {
        let days: Vec<&str> = opening.days.iter().map(|day| day.as_str()).collect();
        let byday = days.join(",");
        Schedule {
            id: self.id("schedule", &format!("{byday} {}", opening.from.as_ref())),
            freq: Some("WEEKLY".to_owned()),
            byday: Some(byday),
            opens_at: Some(opening.from.as_ref().clone()),
            closes_at: Some(opening.until.as_ref().clone()),
            description: Some(when.to_owned()),
            attending_type: Some(place.to_owned()),
            ..Schedule::default()
        }
    }

    fn premises(&self, premises: &Premises, access: &[String]) -> ServiceAtLocation {
        // The same building is the same location, whoever is in it.
        let building = ["location", &self.area.setting.code, &premises.name, premises.postcode.as_ref()];
        let address = Address {
            id: Some(named_id(&[&["address"], &building[1..]].concat()).to_string()),
            address_1: Some(premises.address.clone()),
            city: Some(premises.town.clone()),
            state_province: Some(premises.county.clone()),
            postal_code: Some(premises.postcode.as_ref().clone()),
            country: Some("GB".to_owned()),
            address_type: Some("physical".to_owned()),
            ..Address::default()
        };
        let accessibility = access.iter().map(|words| Accessibility {
            id: self.id("accessibility", words),
            description: Some(words.clone()),
            ..Accessibility::default()
        });
        let location = Location {
            id: Some(named_id(&building).to_string()),
            location_type: Some("physical".to_owned()),
            name: Some(premises.name.clone()),
            addresses: vec![address],
            accessibility: accessibility.collect(),
            ..Location::default()
        };
        let id = self.id("service_at_location", &format!("{} {}", premises.name, premises.postcode.as_ref()));
        ServiceAtLocation { id, location: Some(location), schedules: Vec::new() }
    }
}

/// Returns an area's own service.
pub fn service(area: &Area, written: &Written) -> Service {
    let parts = Parts { area, code: &written.id };
    let agency = area.agencies.get(written.agency.as_ref());
    let agency_name = agency.map_or_else(|| written.agency.as_ref().clone(), |agency| agency.name.clone());
    let years = |age: Option<u8>| age.map(|age| Number(f64::from(age)));
    let mut schedules: Vec<Schedule> =
        written.open.iter().map(|opening| parts.schedule(opening, &written.when, &written.place)).collect();
    if schedules.is_empty() {
        let said = Schedule {
            description: Some(written.when.clone()),
            attending_type: Some(written.place.clone()),
            ..Schedule::default()
        };
        schedules.push(Schedule { id: parts.id("schedule", ""), ..said });
    }
    let phone = Phone { id: parts.id("phone", ""), number: Some(written.telephone.clone()), description: None };
    let needs = written.needs.iter().map(|need| parts.attribute(Taxonomy::Needs, need.as_ref()));
    Service {
        id: id_of(area, &written.id),
        name: written.name.clone(),
        description: Some(format!("{}. For: {}.", written.what, written.whom)),
        url: written.url.clone(),
        email: written.email.clone(),
        status: Some(Status::Active),
        fees: written.cost.clone(),
        minimum_age: years(written.minimum_age),
        maximum_age: years(written.maximum_age),
        eligibility_description: written.eligibility.clone(),
        application_process: written.how_to_ask.clone(),
        schedules,
        service_at_locations: written.at.iter().map(|premises| parts.premises(premises, &written.access)).collect(),
        languages: written.languages.iter().map(|code| language(&parts, code.as_ref())).collect(),
        organization: Some(Organization {
            id: Some(named_id(&["organization", &area.setting.code, written.agency.as_ref()]).to_string()),
            description: Some(agency_name.clone()),
            name: Some(agency_name),
            ..Organization::default()
        }),
        funding: written
            .commissioned_by
            .iter()
            .map(|source| Funding { id: parts.id("funding", ""), source: Some(source.clone()) })
            .collect(),
        cost_options: written
            .cost
            .iter()
            .map(|cost| CostOption {
                id: parts.id("cost_option", ""),
                amount_description: Some(cost.clone()),
                ..CostOption::default()
            })
            .collect(),
        contacts: vec![Contact { id: parts.id("contact", ""), phones: vec![phone.clone()], ..Contact::default() }],
        phones: vec![phone],
        attributes: needs.chain([parts.attribute(Taxonomy::Tiers, written.tier.as_str())]).collect(),
        ..Service::default()
    }
}

fn language(parts: &Parts<'_>, code: &str) -> Language {
    Language {
        id: parts.id("language", code),
        name: Some(parts.area.language(code).to_owned()),
        code: Some(code.to_owned()),
        note: None,
    }
}
