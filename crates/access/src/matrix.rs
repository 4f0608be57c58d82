//! Every kind of thing in every standing to whoever asks: what each role may do to it, and what a change of the rules would change.
//!
//! The snapshot of all of it is agreed in the tests; whoever answers for the rules tries a change here before it is in force.

use crate::policies::{PolicyError, Rule};
use crate::{Act, Actor, AgencyId, Attr, Policies, PractitionerId, Resource, Role, Thing};
use kernel::fact_kinds::FACT_KINDS;
use std::collections::BTreeSet;
use uuid::Uuid;

const ME: Uuid = Uuid::from_u128(1);
const MY_AGENCY: Uuid = Uuid::from_u128(2);
const SOMEBODY: Uuid = Uuid::from_u128(3);
const OTHER_AGENCY: Uuid = Uuid::from_u128(4);

/// How whoever asks stands to a person.
const STANDINGS: [&str; 13] = [
    "no relation",
    "own agency works with them",
    "works with them",
    "in the team around the family",
    "manages somebody who works with them",
    "gave a reason",
    "shielded, no relation",
    "shielded, works with them",
    "shielded, gave a reason",
    "shielded, named for them",
    "place shielded, works with them",
    "place shielded, gave a reason",
    "place shielded, works with them and is named",
];

fn person(id: u128, standing: &str) -> Thing {
    let has = |words: &str| standing.contains(words);
    let me = |is: bool| if is { vec![ME] } else { Vec::new() };
    let mine = has("own agency") || has("works with them");
    let restricted = standing.starts_with("shielded");
    let place = standing.starts_with("place shielded");
    let people = |ids| Attr::Many("Practitioner", ids);
    Thing {
        kind: "Person",
        id: Uuid::from_u128(id),
        attrs: vec![
            ("restricted", Attr::Flag(restricted)),
            ("locationShielded", Attr::Flag(place)),
            ("known", Attr::Many("Agency", if mine { vec![MY_AGENCY] } else { Vec::new() })),
            ("workers", people(me(has("works with them") && !has("manages")))),
            ("managers", people(me(has("manages")))),
            ("team", people(me(has("team around")))),
            ("askers", people(me(has("gave a reason")))),
            ("named", people(me(restricted && has("named")))),
            ("namedForPlace", people(me(place && has("named")))),
        ],
    }
}

fn resource(thing: Thing, beside: Vec<Thing>) -> Resource {
    Resource { thing, beside, subject_id: None, hide_refusal: true }
}

fn fact(kind: &str, class: &str, recorded: &str, standing: &str) -> Resource {
    let by_another = recorded == "by another agency" || recorded == "by a school" || recorded.starts_with("shared");
    let agency = if by_another { OTHER_AGENCY } else { MY_AGENCY };
    let shared = if recorded == "shared with one's agency" { vec![MY_AGENCY] } else { Vec::new() };
    let mut attrs = vec![
        ("kind", Attr::Text(kind.to_owned())),
        ("class", Attr::Text(class.to_owned())),
        ("agency", Attr::One("Agency", agency)),
        ("agencyTellsPlace", Attr::Flag(recorded == "by a school")),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
        ("sharedWith", Attr::Many("Agency", shared)),
        (
            "sharedWithWorkers",
            Attr::Many("Agency", if recorded == "shared with its workers" { vec![MY_AGENCY] } else { Vec::new() }),
        ),
        ("sharedWithNamed", Attr::Many("Practitioner", if recorded.ends_with("oneself alone") { vec![ME] } else { Vec::new() })),
    ];
    attrs.push(("author", Attr::One("Practitioner", if recorded == "by oneself" { ME } else { SOMEBODY })));
    resource(Thing { kind: "Fact", id: Uuid::from_u128(11), attrs }, vec![person(10, standing)])
}

/// That somebody of no relation is related to one who stands so.
fn relationship(to: &str) -> Resource {
    let mut fact = fact("relationship", "ordinary", "by another agency", "no relation");
    fact.thing.attrs.push(("other", Attr::One("Person", Uuid::from_u128(12))));
    fact.beside.push(person(12, to));
    fact
}

fn contact(class: &str, part: &str, standing: &str) -> Resource {
    let at = |is: bool| if is { ME } else { SOMEBODY };
    let is_school = part == "of a school";
    let agency = if part == "of another agency" || is_school { OTHER_AGENCY } else { MY_AGENCY };
    let attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(is_school)),
        ("agency", Attr::One("Agency", agency)),
        ("author", Attr::One("Practitioner", at(part == "one's own"))),
        ("owner", Attr::One("Practitioner", at(part == "one's to decide"))),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    resource(Thing { kind: "Contact", id: Uuid::from_u128(13), attrs }, vec![person(10, standing)])
}

fn referral(class: &str, part: &str, standing: &str) -> Resource {
    let at = |is: bool| if is { ME } else { SOMEBODY };
    let agency = |is: bool| if is { MY_AGENCY } else { OTHER_AGENCY };
    let attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(part == "of others, a school among them")),
        ("sender", Attr::One("Practitioner", at(part == "sent by oneself"))),
        ("fromAgency", Attr::One("Agency", agency(part.starts_with("sent")))),
        ("toAgency", Attr::One("Agency", agency(part == "to one's agency"))),
        ("owner", Attr::One("Practitioner", at(part == "one's to answer"))),
        ("lead", Attr::One("Practitioner", at(part == "for a family one leads for"))),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    resource(Thing { kind: "Referral", id: Uuid::from_u128(14), attrs }, vec![person(10, standing)])
}

fn agreement(class: &str, part: &str, standing: &str) -> Resource {
    let is_school = part == "of another agency, naming a school";
    let agency = if part.starts_with("of another agency") { OTHER_AGENCY } else { MY_AGENCY };
    let mut attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(is_school)),
        ("agency", Attr::One("Agency", agency)),
        ("author", Attr::One("Practitioner", if part == "one's own" { ME } else { SOMEBODY })),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    let mut beside = vec![person(10, standing)];
    if part == "given by somebody shielded" {
        attrs.push(("other", Attr::One("Person", Uuid::from_u128(12))));
        beside.push(person(12, "shielded, no relation"));
    }
    resource(Thing { kind: "Agreement", id: Uuid::from_u128(15), attrs }, beside)
}

fn share_decision(class: &str, part: &str, standing: &str) -> Resource {
    let agency = if part == "one's own" || part == "of one's agency" { MY_AGENCY } else { OTHER_AGENCY };
    let mut attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(part == "of a school")),
        ("agency", Attr::One("Agency", agency)),
        ("author", Attr::One("Practitioner", if part == "one's own" { ME } else { SOMEBODY })),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    match part {
        "to one's agency" => attrs.push(("toAgency", Attr::One("Agency", MY_AGENCY))),
        "to a colleague alone" => {
            attrs.push(("toAgency", Attr::One("Agency", MY_AGENCY)));
            attrs.push(("toNamed", Attr::One("Practitioner", SOMEBODY)));
        }
        "to oneself alone" => {
            attrs.push(("toAgency", Attr::One("Agency", MY_AGENCY)));
            attrs.push(("toNamed", Attr::One("Practitioner", ME)));
        }
        "to see that it arrives" => {
            attrs.push(("toAgency", Attr::One("Agency", MY_AGENCY)));
            attrs.push(("receiver", Attr::One("Practitioner", ME)));
        }
        "one's to advise on" => attrs.push(("adviser", Attr::One("Practitioner", ME))),
        _ => {}
    }
    resource(Thing { kind: "ShareDecision", id: Uuid::from_u128(16), attrs }, vec![person(10, standing)])
}

fn share_request(class: &str, part: &str, standing: &str) -> Resource {
    let at = |is: bool| if is { ME } else { SOMEBODY };
    let agency = |is: bool| if is { MY_AGENCY } else { OTHER_AGENCY };
    let attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(part == "of others, a school among them")),
        ("asker", Attr::One("Practitioner", at(part == "made by oneself"))),
        ("fromAgency", Attr::One("Agency", agency(part.starts_with("made")))),
        ("toAgency", Attr::One("Agency", agency(part == "to one's agency"))),
        ("owner", Attr::One("Practitioner", at(part == "one's to answer"))),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    resource(Thing { kind: "ShareRequest", id: Uuid::from_u128(17), attrs }, vec![person(10, standing)])
}

fn message(part: &str, standing: &str) -> Resource {
    let at = |is: bool| if is { ME } else { SOMEBODY };
    let attrs = vec![
        ("sender", Attr::One("Practitioner", at(part == "sent by oneself"))),
        ("toAgency", Attr::One("Agency", if part == "to one's service" { MY_AGENCY } else { OTHER_AGENCY })),
        ("owner", Attr::One("Practitioner", at(part == "one's to answer"))),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    resource(Thing { kind: "Message", id: Uuid::from_u128(18), attrs }, vec![person(10, standing)])
}

fn signal(part: &str, standing: &str) -> Resource {
    let owner = if part == "one's to look at" { ME } else { SOMEBODY };
    let attrs = vec![("owner", Attr::One("Practitioner", owner)), ("person", Attr::One("Person", Uuid::from_u128(10)))];
    resource(Thing { kind: "Signal", id: Uuid::from_u128(19), attrs }, vec![person(10, standing)])
}

fn plan_entry(class: &str, part: &str, standing: &str) -> Resource {
    let by_another = part == "of another agency" || part == "of a school" || part == "one's to see through";
    let mut attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(part == "of a school" || part.ends_with("place is shielded"))),
        ("agency", Attr::One("Agency", if by_another { OTHER_AGENCY } else { MY_AGENCY })),
        ("author", Attr::One("Practitioner", if part == "written by oneself" { ME } else { SOMEBODY })),
        ("owner", Attr::One("Practitioner", if part == "one's to see through" { ME } else { SOMEBODY })),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    let mut beside = vec![person(10, standing)];
    let doer = match part {
        "done by somebody shielded" => Some("shielded, no relation"),
        "done by somebody whose place is shielded" => Some("place shielded, gave a reason"),
        _ => None,
    };
    if let Some(doer) = doer {
        attrs.push(("other", Attr::One("Person", Uuid::from_u128(12))));
        beside.push(person(12, doer));
    }
    resource(Thing { kind: "PlanEntry", id: Uuid::from_u128(20), attrs }, beside)
}

fn visit(class: &str, part: &str, standing: &str) -> Resource {
    let by_another = part == "of another agency" || part == "of a school" || part == "one's to make";
    let main = person(10, standing);
    let has = |name: &str| main.attrs.iter().any(|(known, value)| *known == name && matches!(value, Attr::Flag(true)));
    let hers = |words: &str| if standing.starts_with(words) && standing.contains("named") { vec![ME] } else { Vec::new() };
    let attrs = vec![
        ("class", Attr::Text(class.to_owned())),
        ("agencyTellsPlace", Attr::Flag(part == "of a school")),
        ("agency", Attr::One("Agency", if by_another { OTHER_AGENCY } else { MY_AGENCY })),
        ("author", Attr::One("Practitioner", if part == "written by oneself" { ME } else { SOMEBODY })),
        ("owner", Attr::One("Practitioner", if part == "one's to make" { ME } else { SOMEBODY })),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
        ("anyRestricted", Attr::Flag(has("restricted") || part == "to somebody shielded as well")),
        ("namedForAll", Attr::Many("Practitioner", if part.ends_with("as well") { Vec::new() } else { hers("shielded") })),
        ("anyPlaceShielded", Attr::Flag(has("locationShielded"))),
        ("namedForAllPlaces", Attr::Many("Practitioner", hers("place shielded"))),
    ];
    resource(Thing { kind: "Visit", id: Uuid::from_u128(22), attrs }, vec![main])
}

fn visits() -> Vec<(String, Resource)> {
    let mut things = Vec::new();
    for part in [
        "written by oneself",
        "one's to make",
        "of one's agency",
        "of another agency",
        "of a school",
        "to somebody shielded as well",
    ] {
        for class in ["ordinary", "confidential", "sensitive_service", "restricted"] {
            for standing in STANDINGS {
                things.push((format!("{class}, {part}, {standing}"), visit(class, part, standing)));
            }
        }
    }
    things
}

fn handover(part: &str, standing: &str) -> Resource {
    let at = |is: bool| Attr::One("Practitioner", if is { ME } else { SOMEBODY });
    let managers = if part == "of somebody one manages" { vec![ME] } else { Vec::new() };
    let attrs = vec![
        ("from", at(part == "of one's own lead")),
        ("to", at(part == "to oneself")),
        ("managers", Attr::Many("Practitioner", managers)),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    resource(Thing { kind: "Handover", id: Uuid::from_u128(21), attrs }, vec![person(10, standing)])
}

fn closing(part: &str, standing: &str) -> Resource {
    let at = |is: bool| Attr::One("Practitioner", if is { ME } else { SOMEBODY });
    let managers = if part == "of somebody one manages" || part == "asked by oneself" { vec![ME] } else { Vec::new() };
    let mut attrs = vec![
        ("lead", at(part == "of one's own lead")),
        ("managers", Attr::Many("Practitioner", managers)),
        ("sensitive", Attr::Flag(part == "of a service that is not named")),
        ("person", Attr::One("Person", Uuid::from_u128(10))),
    ];
    if part != "that nobody asked for yet" {
        attrs.push(("author", at(part == "asked by oneself")));
    }
    resource(Thing { kind: "Closing", id: Uuid::from_u128(23), attrs }, vec![person(10, standing)])
}

fn of_the_front_line(kind: &str) -> Vec<(String, Resource)> {
    match kind {
        "Closing" => closings(),
        "Handover" => handovers(),
        "PlanEntry" => plan_entries(),
        "Service" => services(),
        _ => visits(),
    }
}

fn services() -> Vec<(String, Resource)> {
    let service =
        |part: &str, attrs| (part.to_owned(), resource(Thing { kind: "Service", id: Uuid::from_u128(24), attrs }, Vec::new()));
    vec![
        service("of one's agency", vec![("agency", Attr::One("Agency", MY_AGENCY))]),
        service("of another agency", vec![("agency", Attr::One("Agency", OTHER_AGENCY))]),
        service("of somebody outside the product", Vec::new()),
    ]
}

fn closings() -> Vec<(String, Resource)> {
    let parts = [
        "of one's own lead",
        "of somebody one manages",
        "asked by oneself",
        "that nobody asked for yet",
        "of a service that is not named",
        "of others",
    ];
    let all = parts.iter().flat_map(|part| STANDINGS.iter().map(move |standing| (part, standing)));
    all.map(|(part, standing)| (format!("{part}, {standing}"), closing(part, standing))).collect()
}

fn handovers() -> Vec<(String, Resource)> {
    let parts = ["of one's own lead", "to oneself", "of somebody one manages", "of others"];
    let all = parts.iter().flat_map(|part| STANDINGS.iter().map(move |standing| (part, standing)));
    all.map(|(part, standing)| (format!("{part}, {standing}"), handover(part, standing))).collect()
}

fn plan_entries() -> Vec<(String, Resource)> {
    let mut things = Vec::new();
    for part in [
        "written by oneself",
        "one's to see through",
        "of one's agency",
        "of another agency",
        "of a school",
        "done by somebody shielded",
        "done by somebody whose place is shielded",
    ] {
        for class in ["ordinary", "confidential", "sensitive_service", "restricted"] {
            for standing in STANDINGS {
                things.push((format!("{class}, {part}, {standing}"), plan_entry(class, part, standing)));
            }
        }
    }
    things
}

/// What an agreement, a decision to share and a request for information are to whoever asks.
fn parts_of_sharing(kind: &str) -> &'static [&'static str] {
    match kind {
        "Agreement" => &[
            "one's own",
            "of one's agency",
            "of another agency",
            "of another agency, naming a school",
            "given by somebody shielded",
        ],
        "ShareDecision" => &[
            "one's own",
            "of one's agency",
            "of another agency",
            "of a school",
            "to one's agency",
            "to a colleague alone",
            "to oneself alone",
            "to see that it arrives",
            "one's to advise on",
        ],
        _ => &[
            "made by oneself",
            "made by one's agency",
            "one's to answer",
            "to one's agency",
            "of others",
            "of others, a school among them",
        ],
    }
}

fn sharing(kind: &str) -> Vec<(String, Resource)> {
    let mut things = Vec::new();
    for part in parts_of_sharing(kind) {
        for class in ["ordinary", "sensitive_service"] {
            for standing in STANDINGS {
                let thing = match kind {
                    "Agreement" => agreement(class, part, standing),
                    "ShareDecision" => share_decision(class, part, standing),
                    _ => share_request(class, part, standing),
                };
                things.push((format!("{class}, {part}, {standing}"), thing));
            }
        }
    }
    things
}

/// Everything of a kind that can be asked for, in words.
pub(crate) fn things(kind: &str) -> Vec<(String, Resource)> {
    let mut things = Vec::new();
    let mut add = |words: String, thing: Resource| things.push((words, thing));
    match kind {
        "Person" => {
            STANDINGS.iter().for_each(|standing| add((*standing).to_owned(), resource(person(10, standing), Vec::new())));
        }
        "Fact" => {
            let of = [("need", "ordinary"), ("need", "confidential"), ("need", "sensitive_service"), ("need", "restricted")];
            for (kind, class) in
                of.into_iter().chain([("name", "ordinary"), ("address", "ordinary"), ("address", "confidential")])
            {
                for recorded in [
                    "by another agency",
                    "by a school",
                    "by one's agency",
                    "by oneself",
                    "shared with one's agency",
                    "shared with its workers",
                    "shared with oneself alone",
                ] {
                    for standing in STANDINGS {
                        add(format!("{class} {kind}, recorded {recorded}, {standing}"), fact(kind, class, recorded, standing));
                    }
                }
            }
            STANDINGS.iter().for_each(|to| add(format!("relationship to somebody: {to}"), relationship(to)));
        }
        "Contact" => {
            for part in ["one's own", "one's to decide", "of one's agency", "of another agency", "of a school"] {
                for class in ["ordinary", "sensitive_service"] {
                    STANDINGS
                        .iter()
                        .for_each(|standing| add(format!("{class}, {part}, {standing}"), contact(class, part, standing)));
                }
            }
        }
        "Referral" => {
            for part in [
                "sent by oneself",
                "one's to answer",
                "to one's agency",
                "sent by one's agency",
                "of others",
                "of others, a school among them",
                "for a family one leads for",
            ] {
                for class in ["ordinary", "sensitive_service"] {
                    STANDINGS
                        .iter()
                        .for_each(|standing| add(format!("{class}, {part}, {standing}"), referral(class, part, standing)));
                }
            }
        }
        "Closing" | "Handover" | "PlanEntry" | "Service" | "Visit" => things.extend(of_the_front_line(kind)),
        "Agreement" | "ShareDecision" | "ShareRequest" => things.extend(sharing(kind)),
        "Message" => {
            for part in ["sent by oneself", "one's to answer", "to one's service", "of others"] {
                STANDINGS.iter().for_each(|standing| add(format!("{part}, {standing}"), message(part, standing)));
            }
        }
        "Signal" => {
            for part in ["one's to look at", "another's to look at"] {
                STANDINGS.iter().for_each(|standing| add(format!("{part}, {standing}"), signal(part, standing)));
            }
        }
        _ => add("the area".to_owned(), Resource::area()),
    }
    things
}

/// Somebody who is one thing only, with clearance and training.
pub(crate) fn actor(role: Role) -> Actor {
    Actor {
        id: PractitionerId(ME),
        agency_id: AgencyId(MY_AGENCY),
        name: String::new(),
        agency: String::new(),
        sensitive: false,
        roles: BTreeSet::from([role]),
        cleared: true,
        trained: true,
    }
}

/// Everything of a kind, and every kind of fact in every class: what a change is tried on.
fn in_full(kind: &str) -> Vec<(String, Resource)> {
    let mut all = things(kind);
    if kind != "Fact" {
        return all;
    }
    for kind in FACT_KINDS {
        for class in ["ordinary", "confidential", "sensitive_service", "restricted"] {
            for recorded in ["by another agency", "by a school", "by one's agency", "shared with oneself alone"] {
                for standing in STANDINGS {
                    let words = format!("{class} {kind}, recorded {recorded}, {standing}");
                    if !all.iter().any(|(known, _)| *known == words) {
                        all.push((words, fact(kind, class, recorded, standing)));
                    }
                }
            }
        }
    }
    all
}

/// What a change of the rules opens or closes: for whom, and which things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What can be asked.
    pub act: Act,
    /// Of whom.
    pub role: Role,
    /// Whether it is opened; else it is closed.
    pub is_opened: bool,
    /// What to, in words.
    pub things: Vec<String>,
    /// The rules that decide after the change.
    pub rules: Vec<Rule>,
}

/// Returns what a change of the rules would open and close, for these acts, over every kind of thing in every standing.
///
/// # Errors
/// [`PolicyError::Undecidable`] when a rule cannot be applied.
pub fn difference(before: &Policies, after: &Policies, acts: &[Act]) -> Result<Vec<Change>, PolicyError> {
    let mut changes: Vec<Change> = Vec::new();
    for act in acts {
        for (words, thing) in in_full(act.of_kind()) {
            for role in Role::EVERY {
                let asker = actor(role);
                let (was, is) = (before.decide(&asker, *act, &thing)?, after.decide(&asker, *act, &thing)?);
                if was.allowed == is.allowed {
                    continue;
                }
                let same = |one: &&mut Change| {
                    one.act == *act && one.role == role && one.is_opened == is.allowed && one.rules == is.rules
                };
                match changes.iter_mut().find(same) {
                    Some(change) => change.things.push(words.clone()),
                    None => changes.push(Change {
                        act: *act,
                        role,
                        is_opened: is.allowed,
                        things: vec![words.clone()],
                        rules: is.rules,
                    }),
                }
            }
        }
    }
    Ok(changes)
}
