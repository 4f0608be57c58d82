//! A service, with the members and names of the Open Referral UK standard 3.0 (HSDS-UK), so that what is kept is what is published.
//!
//! Reading forgives what does not matter: a number in quotation marks, `null` for a list, a position outside the world.
//! What cannot do without is `id`, `name` and `status`: an entry without them is refused, and the place of its fault named.

use crate::mend::mend;
use kernel::Date;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::str::FromStr;
use uuid::Uuid;

/// The most that one entry may hold, in bytes of JSON.
pub const ENTRY_MAX_BYTES: usize = 64 * 1024;

/// Why an entry of a source is not a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Something in it is not of the kind that the standard says.
    #[error("{0}")]
    Shape(String),
    /// It lacks what no service can do without.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// More than anybody can write of a service.
    #[error("it is {0} bytes long; at most {ENTRY_MAX_BYTES} are read")]
    TooLong(usize),
}

/// Whether a service can be used now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Status {
    #[default]
    Active,
    Inactive,
    Defunct,
    #[serde(rename = "temporarily closed")]
    TemporarilyClosed,
}

/// A number that a source may have written as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Ages are whole, and are written so.
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and small, as was just seen")]
            to.serialize_i64(self.0 as i64)
        } else {
            to.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| f64::from_str(text.trim()).ok()));
        number.filter(|number| number.is_finite()).map(Self).ok_or_else(|| serde::de::Error::custom("expected a number"))
    }
}

/// Reads a list that a source may have written as `null`.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(from)?.unwrap_or_default())
}

/// Reads a status that a source may have written as `null`; nothing is told from nothing.
fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Status>, D::Error> {
    Option::<Status>::deserialize(from)
}

/// Defines an object of the standard: members that a source may leave out, and lists.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* } lists { $($many:ident: $item:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        #[expect(missing_docs, reason = "the members are the standard's, and described there")]
        pub struct $name {
            $(pub $field: Option<$type>,)*
            $(#[serde(deserialize_with = "list")] pub $many: Vec<$item>,)*
        }
    };
}

object!(
    /// What a category is, in a taxonomy.
    TaxonomyTerm { id: String, name: String, description: String, parent_id: String, taxonomy: String, taxonomy_id: String, term_uri: String, term: String, }
    lists {}
);
object!(
    /// That something is of a category.
    Attribute { id: String, link_type: String, taxonomy_term: TaxonomyTerm, }
    lists {}
);
object!(
    /// When a service is open.
    Schedule { id: String, valid_from: String, valid_to: String, dtstart: String, freq: String, interval: Number, byday: String, bymonthday: String, description: String, opens_at: String, closes_at: String, schedule_link: String, attending_type: String, notes: String, }
    lists {}
);
object!(
    /// Where post and people go.
    Address { id: String, attention: String, address_1: String, city: String, region: String, state_province: String, postal_code: String, country: String, address_type: String, }
    lists {}
);
object!(
    /// What helps somebody get in.
    Accessibility { id: String, description: String, details: String, url: String, }
    lists {}
);
object!(
    /// Where a service is given.
    Location { id: String, location_type: String, name: String, description: String, latitude: Number, longitude: Number, external_identifier: String, external_identifier_type: String, }
    lists { addresses: Address, accessibility: Accessibility, }
);
object!(
    /// That a service is given somewhere.
    ServiceAtLocation { id: String, location: Location, }
    lists { schedules: Schedule, }
);
object!(
    /// A language that is spoken; code and name are of the standard that the profile is made from (HSDS 3.0).
    Language { id: String, name: String, code: String, note: String, }
    lists {}
);
object!(
    /// Whose service it is.
    Organization { id: String, name: String, description: String, email: String, website: String, logo: String, uri: String, parent_organization_id: String, }
    lists {}
);
object!(
    /// Who pays for it.
    Funding { id: String, source: String, }
    lists {}
);
object!(
    /// What it costs.
    CostOption { id: String, valid_from: String, valid_to: String, option: String, amount: Number, amount_description: String, }
    lists {}
);
object!(
    /// A number to ring.
    Phone { id: String, number: String, description: String, }
    lists {}
);
object!(
    /// Whom to ask.
    Contact { id: String, name: String, title: String, email: String, }
    lists { phones: Phone, }
);
object!(
    /// Where its people live.
    ServiceArea { id: String, name: String, extent: String, extent_type: String, uri: String, }
    lists {}
);

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the members are the standard's, and described there")]
pub struct Service {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub url: Option<String>,
    pub email: Option<String>,
    #[serde(deserialize_with = "status")]
    pub status: Option<Status>,
    pub fees: Option<String>,
    pub accreditations: Option<String>,
    pub minimum_age: Option<Number>,
    pub maximum_age: Option<Number>,
    pub eligibility_description: Option<String>,
    pub application_process: Option<String>,
    pub assured_date: Option<String>,
    pub assurer_email: Option<String>,
    pub alert: Option<String>,
    pub last_modified: Option<String>,
    #[serde(deserialize_with = "list")]
    pub schedules: Vec<Schedule>,
    #[serde(deserialize_with = "list")]
    pub service_areas: Vec<ServiceArea>,
    #[serde(deserialize_with = "list")]
    pub service_at_locations: Vec<ServiceAtLocation>,
    #[serde(deserialize_with = "list")]
    pub languages: Vec<Language>,
    pub organization: Option<Organization>,
    #[serde(deserialize_with = "list")]
    pub funding: Vec<Funding>,
    #[serde(deserialize_with = "list")]
    pub cost_options: Vec<CostOption>,
    #[serde(deserialize_with = "list")]
    pub contacts: Vec<Contact>,
    #[serde(deserialize_with = "list")]
    pub phones: Vec<Phone>,
    #[serde(deserialize_with = "list")]
    pub attributes: Vec<Attribute>,
}

impl Service {
    /// Reads an entry of a source.
    ///
    /// # Errors
    /// [`EntryError`] says what keeps it from being a service, and where in it.
    pub fn read(json: &str) -> Result<Self, EntryError> {
        if json.len() > ENTRY_MAX_BYTES {
            return Err(EntryError::TooLong(json.len()));
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let mut service: Self = serde_path_to_error::deserialize(&mut reader).map_err(|e| EntryError::Shape(where_of(&e)))?;
        if service.id.is_nil() {
            return Err(EntryError::Missing("id"));
        }
        if service.name.trim().is_empty() {
            return Err(EntryError::Missing("name"));
        }
        if service.status.is_none() {
            return Err(EntryError::Missing("status"));
        }
        for place in &mut service.service_at_locations {
            if let Some(location) = &mut place.location {
                let inside = |number: Option<Number>, most: f64| number.filter(|number| number.0.abs() <= most);
                location.latitude = inside(location.latitude, 90.0);
                location.longitude = inside(location.longitude, 180.0);
            }
        }
        mend(&mut service);
        Ok(service)
    }

    /// Returns the service as JSON, without what it does not say.
    pub fn written(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        leave_out_unsaid(&mut value);
        value
    }

    /// Returns whether somebody can go to it now.
    pub fn is_active(&self) -> bool {
        self.status == Some(Status::Active)
    }

    /// Returns when it is open, wherever it is given.
    pub fn every_schedule(&self) -> impl Iterator<Item = &Schedule> {
        self.schedules.iter().chain(self.service_at_locations.iter().flat_map(|place| &place.schedules))
    }

    /// Returns the terms of the taxonomies that it is under.
    pub fn terms(&self) -> impl Iterator<Item = &TaxonomyTerm> {
        self.attributes.iter().filter_map(|one| one.taxonomy_term.as_ref())
    }
}

impl Schedule {
    /// Returns the last day on which it holds; nothing where it says none, or no day.
    pub fn last_day(&self) -> Option<Date> {
        self.valid_to.as_deref()?.get(..10)?.parse().ok()
    }
}

/// Says where in an entry a fault is: `service_at_locations[0].location.latitude: expected a number`.
fn where_of(e: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let (path, inner) = (e.path().to_string(), e.inner());
    let fault = inner.to_string();
    // A fault of the text itself keeps its line; one of a member has a better place already.
    let fault = if inner.is_data() { fault.split(" at line ").next().unwrap_or_default().to_owned() } else { fault };
    if path == "." { fault } else { format!("{path}: {fault}") }
}

/// Takes out members that say nothing: `null`, and lists of none.
pub fn leave_out_unsaid(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null() && member.as_array().is_none_or(|list| !list.is_empty()));
            members.values_mut().for_each(leave_out_unsaid);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_unsaid),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns an id that is always the same for the same words: an area's own services and terms have no other.
pub fn named_id(words: &[&str]) -> Uuid {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    for word in words {
        hash.update(&word.len().to_be_bytes());
        hash.update(word.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finish().as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
