//! What a contract must hold, what became of its promises, and what changed from one to the next. Pure.

use super::contract::{Answer, Kept, NewAnswer, NewContract, Party, Promise, Way};
use crate::plans::{Entry, EntryId, EntryKind, State};
use access::AgencyId;
use families::facts::Class;
use kernel::text::{self, TextError};
use kernel::{Date, clock};

/// Longest words of a part, in characters.
pub const WORDS_MAX: usize = 2000;
/// Longest strokes of a signature, in bytes.
pub const SIGNATURE_MAX: usize = 20_000;

/// What is wrong with a contract, or with an answer to one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// Nothing is promised by the family, or by no agency.
    #[error("Choose something that one of the family does and something that an agency does: a contract has two sides")]
    OneSided,
    /// Something is no open action of the plan that everybody who helps may read.
    #[error("Something that you chose is not open in the plan any more: choose again")]
    NotInPlan,
    /// Who answers has no part in it.
    #[error("Choose somebody who promises something")]
    NoParty,
    /// A signature that holds no strokes.
    #[error("Sign in the box, or choose another way")]
    NotSigned,
    /// A way that is not theirs: an agency signs nothing.
    #[error("Choose how they said so")]
    NotTheirWay,
    /// Somebody speaks for another agency than their own.
    #[error("Only somebody who works there can say so for an agency")]
    NotOnesAgency,
    /// A file that is no paper.
    #[error("Choose a PDF, JPEG or PNG of at most 8 megabytes")]
    NoPaper,
}

impl ContractRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::OneSided | Self::NotInPlan => "promise",
            Self::NotSigned | Self::NotTheirWay => "way",
            Self::NoParty | Self::NotOnesAgency => "agrees",
            Self::NoPaper => "paper",
        }
    }
}

/// Returns whether an action of the plan can be promised: it is open, and whoever reads the contract may read it. For an agency, a sensitive
/// service promises its own alone: others could not read what they are held to.
pub fn can_be_promised(entry: &Entry, class: Class) -> bool {
    let is_read_by_all = entry.class == class || (entry.class == Class::Ordinary && entry.doer.is_some());
    // What a court or a landlord requires is promised by nobody: it holds, whether or not anybody agrees.
    entry.kind == EntryKind::Action && entry.state == State::Open && entry.measure.is_none() && is_read_by_all
}

/// Returns a contract with its words in order, and the actions that it promises.
///
/// Rule \[3.18\]: a contract makes clear to both what the family commits to and what each agency commits to.
///
/// # Errors
/// [`ContractRule`] says what is wrong.
pub fn check(mut new: NewContract, (entries, class): (&[Entry], Class)) -> Result<(NewContract, Vec<&Entry>), ContractRule> {
    let open = |id: &EntryId| entries.iter().find(|entry| entry.id == *id && can_be_promised(entry, class));
    let promised: Vec<&Entry> = new.promises.iter().filter_map(open).collect();
    if promised.len() != new.promises.len() {
        return Err(ContractRule::NotInPlan);
    }
    let is_of_family = |entry: &&Entry| entry.doer.is_some();
    if promised.iter().all(is_of_family) || !promised.iter().any(is_of_family) {
        return Err(ContractRule::OneSided);
    }
    let needed = |field, called, words: &str| text::note(words, WORDS_MAX).map_err(|e| ContractRule::Text(field, called, e));
    new.if_family = needed("if_family", "What happens if the family does not", &new.if_family)?;
    new.if_agencies = needed("if_agencies", "What happens if an agency does not", &new.if_agencies)?;
    Ok((new, promised))
}

/// Returns what became of a promise. That the action was given another day changes nothing of what was promised.
///
/// Rule \[3.18\]: both sides' promises are kept in sight alike.
pub fn kept(promise: &Promise, today: Date) -> Kept {
    let ended_on = promise.ended_at.map(clock::local_day);
    match promise.state {
        State::Dropped => Kept::Not,
        State::Done if ended_on.is_some_and(|on| on > promise.by_on) => Kept::AfterItsDay,
        State::Done => Kept::Yes,
        State::Open | State::Kept if promise.by_on < today => Kept::Late,
        State::Open | State::Kept => Kept::ToDo,
    }
}

/// Returns who has a part in a contract: whoever promises something, the family first, each once.
pub fn parties(promises: &[&Promise]) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    let (family, agencies): (Vec<Party>, Vec<Party>) =
        promises.iter().map(|promise| promise.party()).partition(|party| matches!(party, Party::Person(_)));
    for party in family.into_iter().chain(agencies) {
        if !parties.contains(&party) {
            parties.push(party);
        }
    }
    parties
}

/// Returns an answer with its words in order, once it is one of a party's own.
///
/// Rule \[3.18\]: each agrees for themselves; an agency by somebody who works there.
///
/// # Errors
/// [`ContractRule`] says what is wrong.
pub fn check_answer(mut new: NewAnswer, parties: &[Party], own: AgencyId) -> Result<NewAnswer, ContractRule> {
    if !parties.contains(&new.party) {
        return Err(ContractRule::NoParty);
    }
    match new.party {
        Party::Agency(agency) if agency != own => return Err(ContractRule::NotOnesAgency),
        Party::Agency(_) => new.way = Way::Here,
        Party::Person(_) if !Way::OF_FAMILY.contains(&new.way) => return Err(ContractRule::NotTheirWay),
        Party::Person(_) => (),
    }
    let words = if new.agrees { text::note_if_any } else { text::note };
    new.words = words(&new.words, WORDS_MAX).map_err(|e| ContractRule::Text("words", "What they say to it", e))?;
    match new.way {
        Way::Signed if !is_signature(&new.signature) => Err(ContractRule::NotSigned),
        Way::Signed => Ok(new),
        Way::Said | Way::Paper | Way::Here => Ok(NewAnswer { signature: String::new(), ..new }),
    }
}

/// Returns whether this is a drawing of strokes in a box of 600 by 200: `M` and `L`, each with two whole numbers, and nothing else.
pub fn is_signature(path: &str) -> bool {
    let is_point = |point: &str| {
        let coordinate =
            |part: Option<&str>, most: u16| part.and_then(|part| part.parse::<u16>().ok()).is_some_and(|at| at <= most);
        let mut parts = point.split(' ');
        coordinate(parts.next(), 600) && coordinate(parts.next(), 200) && parts.next().is_none()
    };
    let is_stroke = |stroke: &str| stroke.split('L').count() > 1 && stroke.split('L').all(is_point);
    let strokes = path.strip_prefix('M').filter(|_| path.len() <= SIGNATURE_MAX);
    strokes.is_some_and(|strokes| strokes.split('M').all(is_stroke))
}

/// Returns what a party said last, of what they said.
pub fn answer_of(answers: &[Answer], party: Party) -> Option<&Answer> {
    answers.iter().filter(|answer| answer.party == party).max_by_key(|answer| answer.recorded.1)
}

/// What changed from one contract to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What is promised for the first time.
    pub new: Vec<EntryId>,
    /// What is promised otherwise: in other words, by somebody else, until another day.
    pub otherwise: Vec<EntryId>,
    /// What is promised no more.
    pub gone: Vec<EntryId>,
}

/// Returns what changed from one contract to the next.
///
/// Rule \[3.18\]: what both agreed to changes by agreeing anew, and whoever agreed can see what changed.
pub fn compare(before: &[&Promise], now: &[&Promise]) -> Changes {
    let find = |all: &[&Promise], id: EntryId| all.iter().position(|one| one.entry == id);
    let is_same = |a: &Promise, b: &Promise| a.words == b.words && a.by_on == b.by_on && a.party() == b.party();
    let mut changes = Changes::default();
    for promise in now {
        match find(before, promise.entry) {
            None => changes.new.push(promise.entry),
            Some(at) if !is_same(before[at], promise) => changes.otherwise.push(promise.entry),
            Some(_) => (),
        }
    }
    changes.gone = before.iter().map(|one| one.entry).filter(|id| find(now, *id).is_none()).collect();
    changes
}
