//! What must fit together across an area's files.

use crate::AreaError;
use crate::files::{AgencyKind, Disclosure, Field};
use crate::read::Files;
use crate::sharing::{Basis, QUESTIONS};
use kernel::fact_kinds::FACT_KINDS;
use kernel::postcode::Postcode;
use std::collections::BTreeSet;
use toml::Spanned;

/// Returns everything that does not fit.
pub(crate) fn check(files: &Files) -> Vec<AreaError> {
    let mut errors = Vec::new();
    terms(files, &mut errors);
    services(files, &mut errors);
    feeds(files, &mut errors);
    people(files, &mut errors);
    relationships(files, &mut errors);
    kinds(files, &mut errors);
    matching(files, &mut errors);
    sharing(files, &mut errors);
    index(files, &mut errors);
    signals(files, &mut errors);
    plan_copies(files, &mut errors);
    lead_limits(files, &mut errors);
    merged(files, &mut errors);
    let faults = files.notices.faults().into_iter();
    errors.extend(faults.map(|(problem, remedy)| whole("notices.toml", problem, remedy)));
    let faults = files.retention.faults().into_iter();
    errors.extend(faults.map(|(problem, remedy)| whole("retention.toml", problem, remedy)));
    errors
}

/// The copy of a plan is in a language of the area.
fn plan_copies(files: &Files, errors: &mut Vec<AreaError>) {
    if files.plans.copy.is_empty() {
        let problem = "a copy of the plan has no words".to_owned();
        errors.push(whole("plans.toml", problem, "Add a [[copy]]: areas/example has two to start from."));
    }
    for copy in &files.plans.copy {
        if !files.setting.languages.iter().any(|known| known.id == copy.language) {
            let problem = format!("there is no language '{}'", copy.language);
            errors.push(whole("plans.toml", problem, "Use the id of one of the languages in area.toml, or add the language."));
        }
    }
}

/// How many families somebody leads for at most is said once for a role and a level, and the level is there.
fn lead_limits(files: &Files, errors: &mut Vec<AreaError>) {
    let mut said = BTreeSet::new();
    for limit in &files.plans.leads {
        if !said.insert((&limit.role, &limit.level)) {
            let problem = format!("two [[leads]] say how many families a {} leads for", limit.role);
            errors.push(whole("plans.toml", problem, "Keep one of them, or let one name a level."));
        }
        if let Some(level) = limit.level.as_ref().filter(|level| !files.levels.level.iter().any(|known| known.id == **level)) {
            let problem = format!("there is no level '{level}'");
            errors.push(whole("plans.toml", problem, "Use the id of a level in levels.toml, or leave the level out."));
        }
    }
}

/// A signal rests on terms that are there, and on something.
fn signals(files: &Files, errors: &mut Vec<AreaError>) {
    let known = |term: &str| files.vocabulary.term.iter().any(|one| one.id == term);
    let mut ids = BTreeSet::new();
    for signal in &files.signals.signal {
        if !ids.insert(&signal.id) {
            let problem = format!("two signals have the id '{}'", signal.id);
            errors.push(whole("signals.toml", problem, "Give one of them another id."));
        }
        if signal.rests_on.is_empty() || signal.rests_on.iter().any(|one| one.at_least == 0 || one.terms.is_empty()) {
            let problem = format!("'{}' would be raised by nothing", signal.id);
            errors.push(whole("signals.toml", problem, "Let it rest on at least one of some terms."));
        }
        for term in signal.rests_on.iter().flat_map(|one| &one.terms).filter(|term| !known(term.as_ref())) {
            let remedy = "Use the id of a term in vocabulary.toml, or add the term.";
            errors.push(at(files, "signals.toml", term, format!("there is no term '{}'", term.as_ref()), remedy));
        }
    }
    for (source, feed) in &files.feeds {
        let file = format!("feeds/{source}.toml");
        let has_columns = [Field::Event, Field::EventOn].iter().all(|field| feed.columns.contains_key(field));
        if !feed.events.is_empty() && !has_columns {
            let problem = "it names events, and not the columns event and event_on".to_owned();
            errors.push(whole(&file, problem, "Name the column of the event's code, and that of its day."));
        }
        for term in feed.events.values().filter(|term| !known(term.as_ref())) {
            let remedy = "Use the id of a term in vocabulary.toml, or add the term.";
            errors.push(at(files, &file, term, format!("there is no term '{}'", term.as_ref()), remedy));
        }
    }
}

fn index(files: &Files, errors: &mut Vec<AreaError>) {
    let index = &files.index;
    let mut say = |problem: String, remedy: &str| errors.push(whole("index.toml", problem, remedy));
    if !files.sharing.information.iter().any(|one| one.id == index.broker_with) {
        say(format!("there is no kind of information '{}'", index.broker_with), "Use the id of one in sharing.toml.");
    }
    if !(0 <= index.office_opens_hour && index.office_opens_hour < index.office_closes_hour && index.office_closes_hour <= 24) {
        say("the office closes before it opens".to_owned(), "Use hours of the day, from 0 to 24.");
    }
    for term in &index.assessment_terms {
        if !files.vocabulary.term.iter().any(|known| &known.id == term) {
            say(format!("there is no term '{term}'"), "Use the id of a term in vocabulary.toml.");
        }
    }
    for agency in files.agencies.agency.iter().filter(|agency| agency.sensitive) {
        if agency.disclosure() < Disclosure::Brokered {
            let problem = format!("'{}' is sensitive, and its work would be shown by name", agency.code);
            errors.push(whole("agencies.toml", problem, "Let its disclosure be brokered or hidden."));
        }
    }
}

/// Everything that can be known belongs to a kind of information that somebody can agree to, and every purpose has a basis.
fn sharing(files: &Files, errors: &mut Vec<AreaError>) {
    let sharing = &files.sharing;
    let mut say = |problem: String, remedy: &str| errors.push(whole("sharing.toml", problem, remedy));
    for kind in FACT_KINDS {
        let count = sharing.information.iter().filter(|one| one.kinds.iter().any(|known| known == kind)).count();
        if count != 1 {
            say(format!("'{kind}' belongs to {count} kinds of information"), "Name it in exactly one kind of information.");
        }
    }
    for term in sharing.information.iter().flat_map(|one| &one.terms) {
        if !files.vocabulary.term.iter().any(|known| &known.id == term) {
            say(format!("there is no term '{term}'"), "Use the id of a term in vocabulary.toml.");
        }
    }
    for question in QUESTIONS {
        if !sharing.question.iter().any(|known| known.id == question) {
            say(format!("the question '{question}' is missing"), "Write it: the path asks it.");
        }
    }
    if !sharing.purpose.iter().any(|purpose| purpose.protects) {
        say("no purpose protects anybody".to_owned(), "Let one of the purposes say protects = true.");
    }
    if !sharing.method.iter().any(|method| method.id == "here") {
        say("no method is 'here'".to_owned(), "Add it: it opens what was picked to the other agency.");
    }
    let kinds: BTreeSet<&str> = files.agencies.agency.iter().map(|agency| agency.kind.as_str()).collect();
    for purpose in &sharing.purpose {
        for kind in &kinds {
            let covers = |basis: &&Basis| {
                basis.purposes.contains(&purpose.id) && basis.agencies.iter().any(|agency| agency.as_str() == *kind)
            };
            if !sharing.basis.iter().any(|basis| covers(&basis)) {
                say(format!("an agency of the kind '{kind}' has no lawful basis for '{}'", purpose.id), "Add a basis.");
            }
        }
    }
}

fn matching(files: &Files, errors: &mut Vec<AreaError>) {
    let matching = &files.matching;
    let is_sure = matching.place_from.is_none_or(|place_from| place_from >= matching.propose_from && place_from >= 0.0);
    if !is_sure || !matching.propose_from.is_finite() {
        let problem = "records would be placed by weights at which they are likelier another's".to_owned();
        errors.push(whole("matching.toml", problem, "Let place_from be at least 0, and at least propose_from."));
    }
}

fn kinds(files: &Files, errors: &mut Vec<AreaError>) {
    for outcome in files.setting.contact_outcomes.iter().filter(|outcome| !outcome.hands_to.is_empty()) {
        if !["team_manager", "safeguarding_lead", "service_coordinator"].contains(&outcome.hands_to.as_str()) {
            let problem = format!(
                "the outcome '{}' is handed to '{}', which is no role that answers for work",
                outcome.id, outcome.hands_to
            );
            errors.push(whole("area.toml", problem, "Use team_manager, safeguarding_lead or service_coordinator."));
        }
    }
    for (list, choices, needed) in
        [("name_kinds", &files.setting.name_kinds, "usual"), ("address_kinds", &files.setting.address_kinds, "home")]
    {
        if !choices.iter().any(|choice| choice.id == needed) {
            let remedy = "Add it: records are kept under it.";
            errors.push(whole("area.toml", format!("{list} lacks '{needed}'"), remedy));
        }
    }
}

fn terms(files: &Files, errors: &mut Vec<AreaError>) {
    let items: BTreeSet<String> = files
        .frameworks
        .framework
        .iter()
        .flat_map(|framework| framework.items.keys().map(move |item| format!("{}.{item}", framework.id)))
        .collect();
    let mut seen = BTreeSet::new();
    for term in &files.vocabulary.term {
        if !seen.insert(&term.id) {
            errors.push(whole("vocabulary.toml", format!("two terms have the id '{}'", term.id), "Give one of them another id."));
        }
        for map in &term.maps {
            if !items.contains(map.as_ref()) {
                let remedy = "Use framework.item as frameworks.toml names them.";
                errors.push(at(files, "vocabulary.toml", map, format!("no framework has '{}'", map.as_ref()), remedy));
            }
        }
    }
}

fn services(files: &Files, errors: &mut Vec<AreaError>) {
    let file = "services.toml";
    for service in &files.services.service {
        agency(files, file, &service.agency, errors);
        for language in &service.languages {
            if !files.setting.languages.iter().any(|known| &known.id == language.as_ref()) {
                let remedy = "Use the id of one of the languages in area.toml, or add the language.";
                errors.push(at(files, file, language, format!("there is no language '{}'", language.as_ref()), remedy));
            }
        }
        needs(files, file, &service.needs, errors);
        for premises in &service.at {
            if premises.postcode.as_ref().parse::<Postcode>().is_err() {
                let problem = format!("'{}' is no postcode", premises.postcode.as_ref());
                errors.push(at(files, file, &premises.postcode, problem, "Write it as BD3 9QX."));
            }
        }
        for time in service.open.iter().flat_map(|opening| [&opening.from, &opening.until]) {
            if !is_time(time.as_ref()) {
                let problem = format!("'{}' is no time of the day", time.as_ref());
                errors.push(at(files, file, time, problem, "Write it as 09:30."));
            }
        }
    }
    directory(files, errors);
}

fn is_time(text: &str) -> bool {
    let part = |digits: &str, most: u8| digits.len() == 2 && digits.parse::<u8>().is_ok_and(|number| number <= most);
    text.split_once(':').is_some_and(|(hours, minutes)| part(hours, 23) && part(minutes, 59))
}

fn needs(files: &Files, file: &str, needs: &[Spanned<String>], errors: &mut Vec<AreaError>) {
    for need in needs.iter().filter(|need| !files.vocabulary.term.iter().any(|term| &term.id == need.as_ref())) {
        let remedy = "Use the id of a term in vocabulary.toml, or add the term.";
        errors.push(at(files, file, need, format!("there is no term '{}'", need.as_ref()), remedy));
    }
}

fn directory(files: &Files, errors: &mut Vec<AreaError>) {
    let file = "directory.toml";
    let mut ids = BTreeSet::new();
    for source in &files.directory.source {
        if source.id.is_empty() || !ids.insert(&source.id) {
            let problem = format!("two sources have the id '{}', or one has none", source.id);
            errors.push(whole(file, problem, "Give each source an id of its own."));
        }
        if !["https://", "http://"].iter().any(|scheme| source.url.starts_with(scheme)) {
            let problem = format!("'{}' is no address that can be read", source.url);
            errors.push(whole(file, problem, "Begin it with https://."));
        }
        source.meets.values().for_each(|met| needs(files, file, met, errors));
        source.agencies.values().for_each(|code| agency(files, file, code, errors));
    }
}

fn feeds(files: &Files, errors: &mut Vec<AreaError>) {
    for (source, feed) in &files.feeds {
        let file = format!("feeds/{source}.toml");
        match (&feed.agency, &feed.source_column) {
            (Some(code), None) => agency(files, &file, code, errors),
            (None, Some(_)) => {}
            _ => errors.push(whole(
                &file,
                "it needs an agency, or a source_column, and not both".to_owned(),
                "Name the agency that sends it, or the column that names each row's source.",
            )),
        }
    }
}

fn people(files: &Files, errors: &mut Vec<AreaError>) {
    for person in &files.people.person {
        agency(files, "people.toml", &person.agency, errors);
    }
}

fn relationships(files: &Files, errors: &mut Vec<AreaError>) {
    let all = &files.setting.relationships;
    for relationship in all {
        let inverse = all.iter().find(|other| other.id == relationship.inverse);
        if inverse.is_none_or(|inverse| inverse.inverse != relationship.id) {
            let problem = format!("'{}' and its inverse '{}' do not name each other", relationship.id, relationship.inverse);
            errors.push(whole("area.toml", problem, "Add the inverse, and name this one as its inverse."));
        }
    }
    if !files.agencies.agency.iter().any(|agency| agency.kind == AgencyKind::Council) {
        let remedy = "Add the council: it answers for what has no owner.";
        errors.push(whole("agencies.toml", "no agency is the council".to_owned(), remedy));
    }
}

fn agency(files: &Files, file: &str, code: &Spanned<String>, errors: &mut Vec<AreaError>) {
    let known = files.agencies.agency.iter().find(|agency| &agency.code == code.as_ref());
    let Some(known) = known else {
        let remedy = "Use the code of an agency in agencies.toml, or add the agency.";
        errors.push(at(files, file, code, format!("there is no agency '{}'", code.as_ref()), remedy));
        return;
    };
    if let Some(into) = &known.merged_into {
        let problem = format!("'{}' is part of '{}' now", known.code, into.as_ref());
        errors.push(at(files, file, code, problem, "Use the code of the agency that it is part of."));
    }
}

/// An agency is part of one that is there, and that tells no more about whom it works with.
fn merged(files: &Files, errors: &mut Vec<AreaError>) {
    for one in &files.agencies.agency {
        let Some(into) = &one.merged_into else { continue };
        agency(files, "agencies.toml", into, errors);
        let Some(other) = files.agencies.agency.iter().find(|other| &other.code == into.as_ref()) else { continue };
        let tells_more = other.disclosure() < one.disclosure() || (one.tells_place && !other.tells_place);
        if one.sensitive != other.sensitive || tells_more {
            let problem = format!("'{}' would tell more, or less, of whom '{}' works with", other.code, one.code);
            let remedy = "Let both be sensitive or neither, and let the other tell no more in the index and of places.";
            errors.push(at(files, "agencies.toml", into, problem, remedy));
        }
    }
}

fn at(files: &Files, file: &str, place: &Spanned<String>, problem: String, remedy: &str) -> AreaError {
    AreaError { file: file.to_owned(), line: files.line(file, place.span().start), problem, remedy: remedy.to_owned() }
}

fn whole(file: &str, problem: String, remedy: &str) -> AreaError {
    AreaError { file: file.to_owned(), line: 1, problem, remedy: remedy.to_owned() }
}
