//! Which looks are shown to whom, and in which words. Pure.

use access::AgencyId;
use area::files::Disclosure;
use kernel::Date;

/// Something that somebody did or looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// On which day.
    pub on: Date,
    /// Who, by name.
    pub who: String,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// How much of its work is disclosed.
    pub disclosure: Disclosure,
    /// Whether that it knows somebody tells roughly where they are.
    pub tells_place: bool,
    /// What, as the journal has it.
    pub act: String,
}

/// Who is shown it.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// Their agency.
    pub agency_id: AgencyId,
    /// Whether they read the journal anyway.
    pub reads_journal: bool,
    /// Whether the person's place is shielded from them.
    pub place_is_shielded: bool,
    /// Whether it is for the family to have.
    pub is_copy: bool,
    /// The agencies whose looks the family is not told of.
    pub withheld: &'a [AgencyId],
}

/// What a family is told of, and whoever works with them for another agency: that somebody looked. What was done, and about what, is told
/// where it is itself shown: here it would tell of support, of sharing and of shields to those who may not know of them.
const LOOKS: [&str; 8] = [
    "find_person",
    "find_in_index",
    "read_index",
    "open_person",
    "ask_to_open",
    "see_as_known",
    "answer_existence",
    "answer_content",
];

/// Returns whether a look is shown.
///
/// Rule \[3.30\]: families see who looked, less what would put somebody at risk: a sensitive service, where a shielded person is, and what a
/// named person decided to withhold (note 16).
pub fn is_shown(look: &Look, viewer: Viewer<'_>) -> bool {
    let names_service = matches!(look.disclosure, Disclosure::Brokered | Disclosure::Hidden);
    let tells_place = look.tells_place && viewer.place_is_shielded;
    let is_look = LOOKS.contains(&look.act.as_str());
    // What goes out of the house names no sensitive service, whoever prints it.
    if viewer.is_copy {
        return is_look && !names_service && !tells_place && !viewer.withheld.contains(&look.agency_id);
    }
    viewer.reads_journal || look.agency_id == viewer.agency_id || (is_look && !names_service && !tells_place)
}

/// Returns what somebody did, in plain words.
pub fn words(act: &str) -> String {
    let words = match act {
        "find_person" => "saw them in a search",
        "answer_existence" => "was told that somebody here works with them",
        "answer_content" => "was told who works with them",
        "find_in_index" | "read_index" => "asked who works with them",
        "open_person" => "opened their page",
        "ask_to_open" => "gave a reason for looking",
        "read_fact" => "read something that is recorded",
        "read_contact" => "read about a contact",
        "read_referral" => "read about support that was asked for",
        "record_contact" => "recorded a contact",
        "record_fact" => "recorded something",
        "correct_fact" => "put something right",
        "ask_for_support" => "asked a service to support them",
        "record_agreement" => "recorded what was agreed",
        "decide_to_share" | "share_in_danger" => "decided whether to tell another agency",
        "read_shared" => "read what was shared",
        "ask_for_information" => "asked another agency",
        "read_agreement" => "read what was agreed",
        "withdraw_agreement" => "recorded that an agreement was taken back",
        "read_share_decision" => "read what was decided about telling another agency",
        "end_share" => "ended what another agency could read",
        "read_looks" => "looked at who had looked",
        "withhold_looks" => "decided whose looks the family is told of",
        "shield_person" | "name_for_shield" => "looked at or changed how they are shielded",
        "see_as_known" => "looked back at what was known at a moment, for a review",
        "link_people" | "read_to_match" => "compared records, to see whether they are of one person",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}
