//! What a signal rests on. Pure.

use access::AgencyId;
use area::files::AgencyKind;
use area::signals::{About, Definition, Evidence, Whom};
use families::facts::FactId;
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::{Date, Span};
use std::collections::BTreeSet;

/// Something known, as far as signals rest on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The fact.
    pub id: FactId,
    /// About whom.
    pub person: PersonId,
    /// What.
    pub what: What,
    /// On which day it was so, or began; else when it was recorded.
    pub on: Date,
    /// Who recorded it.
    pub agency: AgencyId,
    /// What kind of agency that is, by its stored word.
    pub agency_kind: String,
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A need, a circumstance, a risk or something that happened, by its term.
    Term(String),
    /// When they were born.
    Born(PartialDate),
    /// That they are a parent or carer of somebody.
    ParentOf(PersonId),
    /// That they are a parent or carer, of whom is not said.
    IsParent,
}

impl Known {
    /// Returns what tells one thing that happened from another, though it is recorded anew, or whom it is of is linked to somebody else; empty
    /// for who somebody is.
    pub fn evidence(&self) -> String {
        match &self.what {
            What::Term(term) => format!("{term} {} {}", self.on, self.agency),
            What::Born(_) | What::ParentOf(_) | What::IsParent => String::new(),
        }
    }
}

/// Until which age somebody is a child, and today.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Today.
    pub today: Date,
    /// Until this age somebody is a child: years.
    pub child_until_years: i16,
}

/// Returns what a signal about somebody rests on, of all that is known of them and theirs; nothing where it is not enough.
///
/// Rule \[3.28\]: a change of circumstance is told by facts with their dates, within the time that the area has set; by nothing else.
pub fn rests_on<'a>(definition: &Definition, subject: PersonId, known: &[&'a Known], now: Now) -> Option<Vec<&'a Known>> {
    let mut all = of_whom(definition.of, subject, known, now)?;
    for group in &definition.rests_on {
        all.extend(of_group(group, subject, known, (now.today, definition.within_days))?);
    }
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(one.id));
    Some(all)
}

fn of_whom<'a>(whom: Whom, subject: PersonId, known: &[&'a Known], now: Now) -> Option<Vec<&'a Known>> {
    let own = |is: &dyn Fn(&What) -> bool| known.iter().copied().find(|one| one.person == subject && is(&one.what));
    match whom {
        Whom::Anybody => Some(Vec::new()),
        Whom::Parent => {
            let of_whom = own(&|what| matches!(what, What::ParentOf(_))).or_else(|| own(&|what| *what == What::IsParent));
            of_whom.map(|one| vec![one])
        }
        Whom::Child => {
            let is_child = |what: &What| matches!(what, What::Born(born) if born.age_years(now.today).0 < now.child_until_years);
            own(&is_child).map(|one| vec![one])
        }
    }
}

fn of_group<'a>(
    group: &Evidence,
    subject: PersonId,
    known: &[&'a Known],
    (today, within_days): (Date, u16),
) -> Option<Vec<&'a Known>> {
    let from = today.saturating_sub(Span::new().days(i64::from(within_days)));
    let (about, through) = about_whom(group.about, subject, known);
    let mut found: Vec<&Known> = Vec::new();
    let mut times = BTreeSet::new();
    for one in known.iter().copied().filter(|one| about.contains(&one.person) && (from..=today).contains(&one.on)) {
        let is_meant = matches!(&one.what, What::Term(term) if group.terms.iter().any(|wanted| wanted.as_ref() == term));
        let is_by = group.agencies.is_empty()
            || group.agencies.iter().map(|kind: &AgencyKind| kind.as_str()).any(|kind| kind == one.agency_kind);
        if is_meant && is_by && times.insert((one.evidence(), one.person)) {
            found.push(one);
        }
    }
    if found.len() < usize::from(group.at_least) {
        return None;
    }
    // By whom somebody is related is part of what it rests on.
    let through = through
        .into_iter()
        .filter(|link| found.iter().any(|one| link.person == one.person || link.what == What::ParentOf(one.person)));
    let through: Vec<&Known> = through.collect();
    found.extend(through);
    Some(found)
}

fn about_whom<'a>(about: About, subject: PersonId, known: &[&'a Known]) -> (BTreeSet<PersonId>, Vec<&'a Known>) {
    let links = known.iter().copied();
    let through: Vec<&Known> = match about {
        About::Themself => return (BTreeSet::from([subject]), Vec::new()),
        About::Parents => links.filter(|one| one.what == What::ParentOf(subject)).collect(),
        About::Children => links.filter(|one| one.person == subject && matches!(one.what, What::ParentOf(_))).collect(),
    };
    let whom = through.iter().map(|one| match one.what {
        What::ParentOf(child) if about == About::Children => child,
        What::ParentOf(_) | What::Term(_) | What::Born(_) | What::IsParent => one.person,
    });
    (whom.collect(), through)
}
