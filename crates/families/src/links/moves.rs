//! What belongs to a person, table by table: what a link moves.

/// How a column of a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// An id.
    Id,
    /// A text.
    Text,
    /// A whole number.
    Int,
}

/// A table with a column that says whose a row is.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// The table.
    pub table: &'static str,
    /// The column that says whose.
    pub person: &'static str,
    /// Its key besides the area, which does not move.
    pub key: &'static [(&'static str, Is)],
}

/// Every table whose rows go with a person. Involvements and search words go with their facts; memberships of families are told apart
/// below, because two of one family become one. Reasons for looking do not go along: they were given for the one, and end soon.
pub const MOVED: [Moved; 33] = [
    Moved { table: "fact", person: "person_id", key: &[("fact_id", Is::Id)] },
    Moved { table: "relationship_fact", person: "other_id", key: &[("fact_id", Is::Id)] },
    Moved { table: "shield", person: "person_id", key: &[("shield_id", Is::Id)] },
    Moved {
        table: "family_team",
        person: "through_id",
        key: &[("family_id", Is::Id), ("practitioner_id", Is::Id), ("from_at", Is::Int)],
    },
    Moved { table: "contact", person: "person_id", key: &[("contact_id", Is::Id)] },
    Moved { table: "referral", person: "person_id", key: &[("referral_id", Is::Id)] },
    Moved { table: "notice", person: "person_id", key: &[("notice_id", Is::Id)] },
    Moved { table: "safe_contact", person: "person_id", key: &[("safe_contact_id", Is::Id)] },
    Moved { table: "agreement", person: "person_id", key: &[("agreement_id", Is::Id)] },
    Moved { table: "agreement_giver", person: "person_id", key: &[("agreement_id", Is::Id)] },
    Moved { table: "plan_entry", person: "person_id", key: &[("entry_id", Is::Id)] },
    Moved { table: "plan_doer", person: "person_id", key: &[("entry_id", Is::Id)] },
    Moved { table: "plan_said", person: "person_id", key: &[("said_id", Is::Id)] },
    Moved { table: "plan_said_by", person: "person_id", key: &[("said_id", Is::Id)] },
    Moved { table: "handover", person: "person_id", key: &[("handover_id", Is::Id)] },
    Moved { table: "level_judgement", person: "person_id", key: &[("judgement_id", Is::Id)] },
    Moved { table: "contingency", person: "person_id", key: &[("contingency_id", Is::Id)] },
    Moved { table: "way", person: "person_id", key: &[("way_id", Is::Id)] },
    Moved { table: "contract", person: "person_id", key: &[("contract_id", Is::Id)] },
    Moved { table: "contract_answer", person: "person_id", key: &[("answer_id", Is::Id)] },
    Moved { table: "contract_link", person: "person_id", key: &[("link_id", Is::Id)] },
    Moved { table: "closing", person: "person_id", key: &[("closing_id", Is::Id)] },
    Moved { table: "meeting", person: "person_id", key: &[("meeting_id", Is::Id)] },
    Moved { table: "meeting_person", person: "person_id", key: &[("meeting_id", Is::Id), ("place", Is::Int)] },
    Moved { table: "visit", person: "person_id", key: &[("visit_id", Is::Id)] },
    Moved { table: "visit_person", person: "person_id", key: &[("visit_id", Is::Id), ("place", Is::Int)] },
    Moved { table: "share_decision", person: "person_id", key: &[("decision_id", Is::Id)] },
    Moved { table: "share_request", person: "person_id", key: &[("request_id", Is::Id)] },
    Moved { table: "broker_message", person: "person_id", key: &[("message_id", Is::Id)] },
    Moved { table: "shield_task", person: "person_id", key: &[("task_id", Is::Id)] },
    Moved { table: "signal", person: "person_id", key: &[("signal_id", Is::Id)] },
    Moved { table: "look_withheld", person: "person_id", key: &[("withheld_id", Is::Id)] },
    Moved { table: "feed_record", person: "person_id", key: &[("source", Is::Text), ("record_key", Is::Text)] },
];

/// Memberships of families that go with a person.
pub const MEMBER: Moved =
    Moved { table: "family_member", person: "person_id", key: &[("family_id", Is::Id), ("from_at", Is::Int)] };
/// Memberships that ended, because the other is in the family already.
pub const MEMBER_ENDED: &str = "family_member ended";

/// Tables that speak of a person and stay: who they are, what they are found by, links and proposals themselves, and reasons that were
/// given for looking at one of the two, and looks themselves.
pub const STAY: [(&str, &str); 13] = [
    ("person", "linked_to"),
    ("person_key", "person_id"),
    ("person_link", "kept_id"),
    ("person_link", "linked_id"),
    ("match_proposal", "left_person"),
    ("match_proposal", "right_person"),
    ("family_proposal", "person_id"),
    ("asking", "person_id"),
    ("index_found", "person_id"),
    ("look_alert", "person_id"),
    ("signal_unread", "person_id"),
    ("involvement", "person_id"),
    ("search_word", "person_id"),
];

/// Returns a table by its name.
pub fn by_table(table: &str) -> Option<Moved> {
    MOVED.into_iter().chain([MEMBER]).find(|moved| moved.table == table)
}
