//! The SQL of signals.

use super::rules::{Known, What};
use super::signal::{Answer, Decided, Signal, SignalId};
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::FactId;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp, clock};
use std::collections::BTreeSet;
use store::owed::Owed;
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Signals in a list whose table is `s`.
pub(super) static SIGNAL: SqlMap = SqlMap {
    name: "signal",
    columns: &[("owner", "s.owner_id")],
    flags: person_flags!("person.", "s.area_id", "s.person_id"),
    sets: person_sets!("person.", "s.area_id", "s.person_id"),
    presences: &[],
};

/// Somebody of whom something was recorded, and where that stands in the order of recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    pub(super) person: PersonId,
    pub(super) at: i64,
    pub(super) fact: FactId,
}

/// Returns up to where what was recorded has been looked through, in microseconds since 1970.
pub(super) async fn find_mark(tx: &mut Tx, area_id: AreaId) -> StoreResult<i64> {
    let find = "SELECT looked_to FROM signal_mark WHERE area_id = $1";
    let row = tx.query_opt(find, vals![area_id]).await?;
    row.map_or(Ok(0), |row| row.get("looked_to"))
}

/// Keeps up to where what was recorded has been looked through.
pub(super) async fn save_mark(tx: &mut Tx, area_id: AreaId, looked_to: i64) -> StoreResult<()> {
    let save = "INSERT INTO signal_mark (area_id, looked_to) VALUES ($1, $2) ON CONFLICT (area_id) DO UPDATE SET looked_to = excluded.looked_to";
    tx.execute(save, vals![area_id, looked_to]).await?;
    Ok(())
}

/// Returns of whom something was recorded that a signal can rest on, in the order of recording, after a place in it.
pub(super) async fn list_new(tx: &mut Tx, area_id: AreaId, (at, fact): (i64, FactId), limit: usize) -> StoreResult<Vec<New>> {
    let sql = "SELECT person_id, recorded_at, fact_id FROM fact WHERE area_id = $1 AND (recorded_at, fact_id) > ($2, $3) \
               AND kind IN ('need', 'circumstance', 'risk', 'event', 'relationship', 'birth') ORDER BY recorded_at, fact_id LIMIT $4";
    let rows = tx.query(sql, vals![area_id, at, fact, limit]).await?;
    rows.iter()
        .map(|row| Ok(New { person: row.id("person_id")?, at: row.get("recorded_at")?, fact: row.id("fact_id")? }))
        .collect()
}

const TOGETHER: usize = 512;

/// Returns that these people are parents or carers, or children, of somebody, by relationships of these kinds from the one side or the other.
pub(super) async fn list_relations(
    tx: &mut Tx,
    area_id: AreaId,
    people: &BTreeSet<PersonId>,
    (makes_parent, makes_child): (&[&str], &[&str]),
) -> StoreResult<Vec<Known>> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    let mut relations = Vec::new();
    for some in people.chunks(TOGETHER) {
        for side in ["f.person_id", "r.other_id"] {
            let mut values = vec![Val::from(area_id)];
            let of = list_of(&mut values, some.iter().copied());
            let terms = list_of(&mut values, makes_parent.iter().chain(makes_child).copied());
            let sql = format!(
                "SELECT f.fact_id, f.person_id, r.other_id, f.term, f.recorded_at, f.agency_id, a.kind AS agency_kind FROM relationship_fact r \
                 JOIN fact f ON f.area_id = r.area_id AND f.fact_id = r.fact_id JOIN agency a ON a.area_id = f.area_id AND a.agency_id = f.agency_id \
                 WHERE r.area_id = $1 AND {side} IN ({of}) AND f.kind = 'relationship' AND f.superseded_at IS NULL AND f.term IN ({terms}) \
                 ORDER BY f.fact_id LIMIT 100000"
            );
            for row in tx.query(&sql, &values).await? {
                let (one, other): (PersonId, PersonId) = (row.id("person_id")?, row.id("other_id")?);
                let term: String = row.get("term")?;
                let (parent, child) = if makes_parent.contains(&term.as_str()) { (one, other) } else { (other, one) };
                relations.push(known(&row, parent, What::ParentOf(child), None)?);
            }
        }
    }
    relations.sort_by_key(|one| (one.id, one.person));
    relations.dedup_by_key(|one| one.id);
    Ok(relations)
}

fn known(row: &Row, person: PersonId, what: What, on: Option<Date>) -> StoreResult<Known> {
    let recorded_at: Timestamp = row.get("recorded_at")?;
    Ok(Known {
        id: row.id("fact_id")?,
        person,
        what,
        on: on.unwrap_or_else(|| clock::local_day(recorded_at)),
        agency: row.id("agency_id")?,
        agency_kind: row.get("agency_kind")?,
    })
}

/// Returns what is known of these people that a signal can rest on: by these terms, when they were born, that they are parents.
pub(super) async fn list_known(
    tx: &mut Tx,
    area_id: AreaId,
    people: &BTreeSet<PersonId>,
    terms: &BTreeSet<&str>,
) -> StoreResult<Vec<Known>> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    let mut all = Vec::new();
    for some in people.chunks(TOGETHER) {
        let mut values = vec![Val::from(area_id)];
        let of = list_of(&mut values, some.iter().copied());
        let terms = list_of(&mut values, terms.iter().copied());
        let sql = format!(
            "SELECT f.fact_id, f.person_id, f.kind, f.term, f.holds_from, f.recorded_at, f.agency_id, a.kind AS agency_kind FROM fact f \
             JOIN agency a ON a.area_id = f.area_id AND a.agency_id = f.agency_id \
             WHERE f.area_id = $1 AND f.person_id IN ({of}) AND f.kind IN ('need', 'circumstance', 'risk', 'event', 'birth') \
             AND (f.kind = 'birth' OR f.term = 'parent_of' OR f.term IN ({terms})) AND f.answer = 'known' AND f.superseded_at IS NULL \
             ORDER BY f.person_id, f.fact_id LIMIT 200000"
        );
        for row in tx.query(&sql, &values).await? {
            let (kind, term): (String, String) = (row.get("kind")?, row.get("term")?);
            let from: Option<kernel::partial_date::PartialDate> = row.get("holds_from")?;
            let what = match (kind.as_str(), from) {
                ("birth", None) => continue,
                ("birth", Some(born)) if term.is_empty() => What::Born(born),
                ("birth", Some(_)) => continue,
                _ if term == "parent_of" => What::IsParent,
                _ => What::Term(term),
            };
            let person = row.id("person_id")?;
            all.push(known(&row, person, what, from.map(kernel::partial_date::PartialDate::earliest))?);
        }
    }
    Ok(all)
}

/// A signal of somebody that was raised before, and everything it rests on.
#[derive(Clone, Debug)]
pub(super) struct Earlier {
    pub(super) id: SignalId,
    pub(super) person: PersonId,
    pub(super) definition: String,
    pub(super) owner: PractitionerId,
    pub(super) is_open: bool,
    pub(super) evidence: BTreeSet<String>,
}

/// Returns the signals of these people that were ever raised, with what they rest on.
pub(super) async fn list_earlier(tx: &mut Tx, area_id: AreaId, people: &BTreeSet<PersonId>) -> StoreResult<Vec<Earlier>> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    let mut all: Vec<Earlier> = Vec::new();
    for some in people.chunks(TOGETHER) {
        let mut values = vec![Val::from(area_id)];
        let of = list_of(&mut values, some.iter().copied());
        let sql = format!(
            "SELECT s.signal_id, s.person_id, s.definition, s.owner_id, s.decided_at, e.evidence FROM signal s \
             LEFT JOIN signal_fact e ON e.area_id = s.area_id AND e.signal_id = s.signal_id \
             WHERE s.area_id = $1 AND s.person_id IN ({of}) ORDER BY s.signal_id LIMIT 200000"
        );
        for row in tx.query(&sql, &values).await? {
            let id = row.id("signal_id")?;
            if all.last().is_none_or(|last| last.id != id) {
                all.push(Earlier {
                    id,
                    person: row.id("person_id")?,
                    definition: row.get("definition")?,
                    owner: row.id("owner_id")?,
                    is_open: row.get::<Option<i64>>("decided_at")?.is_none(),
                    evidence: BTreeSet::new(),
                });
            }
            if let (Some(last), Some(evidence)) = (all.last_mut(), row.get::<Option<String>>("evidence")?) {
                last.evidence.insert(evidence);
            }
        }
    }
    Ok(all)
}

/// Returns who may be asked to look at a signal of somebody, in their order: who is named for them, who answers for their family, who works
/// with them, who is in the team around them.
pub(super) async fn list_candidates(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<PractitionerId>> {
    let sql = "SELECT turn, practitioner_id, since FROM ( \
         SELECT 1 AS turn, n.practitioner_id, s.from_at AS since FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
           WHERE s.area_id = $1 AND s.person_id = $2 AND s.ended_at IS NULL \
         UNION ALL SELECT 2, y.owner_id, y.created_at FROM family_member m JOIN family y ON y.area_id = m.area_id AND y.family_id = m.family_id \
           WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL AND y.closed_at IS NULL \
         UNION ALL SELECT 3, v.practitioner_id, f.recorded_at FROM involvement v JOIN fact f ON f.area_id = v.area_id AND f.fact_id = v.fact_id \
           WHERE v.area_id = $1 AND v.person_id = $2 AND v.ended_at IS NULL AND v.practitioner_id IS NOT NULL \
         UNION ALL SELECT 4, t.practitioner_id, t.from_at FROM family_member m JOIN family_team t ON t.area_id = m.area_id AND t.family_id = m.family_id \
           WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL AND t.ended_at IS NULL) AS asked \
         ORDER BY turn, since DESC, practitioner_id LIMIT 40";
    tx.query(sql, vals![area_id, person]).await?.iter().map(|row| row.id("practitioner_id")).collect()
}

/// Keeps that nobody could be asked to look at something; returns whether that is new.
pub(super) async fn insert_unread(
    tx: &mut Tx,
    area_id: AreaId,
    (person, definition): (PersonId, &str),
    evidence: &BTreeSet<String>,
    at: Timestamp,
) -> StoreResult<bool> {
    let insert = "INSERT INTO signal_unread (area_id, person_id, definition, evidence, noticed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let mut is_new = false;
    for one in evidence {
        is_new |= tx.execute(insert, vals![area_id, person, definition, one, at]).await? == 1;
    }
    Ok(is_new)
}

/// A signal to be raised.
pub(super) struct NewSignal<'a> {
    pub(super) id: SignalId,
    pub(super) person: PersonId,
    pub(super) definition: &'a str,
    pub(super) at: Timestamp,
    pub(super) owner: PractitionerId,
    pub(super) due_on: Date,
}

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &NewSignal<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO signal (area_id, signal_id, person_id, definition, raised_at, owner_id, due_on) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vals![area_id, new.id, new.person, new.definition, new.at, new.owner, new.due_on],
    )
    .await?;
    Ok(())
}

/// Adds facts to what a signal rests on.
pub(super) async fn insert_evidence(tx: &mut Tx, area_id: AreaId, id: SignalId, facts: &[&Known]) -> StoreResult<()> {
    let rows = facts.iter().map(|one| [area_id.into(), id.into(), one.id.into(), one.evidence().into()]).collect();
    let insert = "INSERT INTO signal_fact (area_id, signal_id, fact_id, evidence)";
    tx.insert_all(insert, rows, "ON CONFLICT DO NOTHING").await
}

const COLUMNS: &str = "SELECT s.signal_id, s.person_id, s.definition, s.raised_at, s.owner_id, o.name AS owner, s.due_on, s.passed_on_at, \
     s.answer, s.answer_words, s.decided_at, d.name AS decided_by FROM signal s \
     JOIN practitioner o ON o.area_id = s.area_id AND o.practitioner_id = s.owner_id \
     LEFT JOIN practitioner d ON d.area_id = s.area_id AND d.practitioner_id = s.decided_by ";

fn signal(row: &Row) -> StoreResult<Signal> {
    let decided = match row.get::<Option<Timestamp>>("decided_at")? {
        Some(at) => Some(Decided {
            answer: row.parse::<Answer>("answer")?,
            words: row.get("answer_words")?,
            by: row.get::<Option<String>>("decided_by")?.unwrap_or_default(),
            at,
        }),
        None => None,
    };
    Ok(Signal {
        id: row.id("signal_id")?,
        person: row.id("person_id")?,
        definition: row.get("definition")?,
        raised_at: row.get("raised_at")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        due_on: row.get("due_on")?,
        passed_on_at: row.get("passed_on_at")?,
        decided,
    })
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: SignalId) -> StoreResult<Option<Signal>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE s.area_id = $1 AND s.signal_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(signal).transpose()
}

/// Returns the facts that a signal rests on.
pub(super) async fn list_facts(tx: &mut Tx, area_id: AreaId, id: SignalId) -> StoreResult<Vec<FactId>> {
    let sql = "SELECT fact_id FROM signal_fact WHERE area_id = $1 AND signal_id = $2 ORDER BY fact_id LIMIT 500";
    tx.query(sql, vals![area_id, id]).await?.iter().map(|row| row.id("fact_id")).collect()
}

/// Returns the agencies that recorded what a signal rests on.
pub(super) async fn list_agencies_of(tx: &mut Tx, area_id: AreaId, id: SignalId) -> StoreResult<Vec<AgencyId>> {
    let sql = "SELECT DISTINCT f.agency_id FROM signal_fact e JOIN fact f ON f.area_id = e.area_id AND f.fact_id = e.fact_id \
               WHERE e.area_id = $1 AND e.signal_id = $2 ORDER BY f.agency_id LIMIT 100";
    tx.query(sql, vals![area_id, id]).await?.iter().map(|row| row.id("agency_id")).collect()
}

/// Changes that somebody is to look at.
pub const OWED: Owed = Owed { rows: "signal s", area: "s.area_id", is_theirs: "s.owner_id IN ({}) AND s.decided_at IS NULL" };

/// Returns the signals that somebody is to look at, and those they have, which the narrowing lets through: those that wait first, the latest
/// first, at most 2,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    (owners, only_open): (&[PractitionerId], bool),
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Signal>> {
    let mut values = vec![Val::from(area_id)];
    let owners = store::value::list(&mut values, owners.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let theirs = if only_open { OWED.of(&owners) } else { format!("s.owner_id IN ({owners})") };
    let sql = format!(
        "{COLUMNS} WHERE s.area_id = $1 AND {theirs} AND {narrowed} \
         ORDER BY CASE WHEN s.decided_at IS NULL THEN 0 ELSE 1 END, s.raised_at DESC, s.signal_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(signal).collect()
}

/// Keeps what comes of a signal, unless somebody has said so already.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (answer, words): (Answer, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let save = "UPDATE signal SET answer = $3, answer_words = $4, decided_by = $5, decided_at = $6 \
                WHERE area_id = $1 AND signal_id = $2 AND decided_at IS NULL";
    Ok(tx.execute(save, vals![area_id, permit.id(), answer.as_str(), words, by, at]).await? == 1)
}

/// Returns the signals that nobody has looked at in time, or whose owner has left, the oldest first, at most 500.
pub(super) async fn list_waiting(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<Vec<Signal>> {
    let sql = format!(
        "{COLUMNS} WHERE s.area_id = $1 AND s.decided_at IS NULL AND s.passed_on_at IS NULL AND (o.left_at IS NOT NULL OR s.due_on < $2) \
         ORDER BY s.raised_at, s.signal_id LIMIT 500"
    );
    tx.query(&sql, vals![area_id, today]).await?.iter().map(signal).collect()
}

/// Gives a signal to somebody else, with a new day.
pub(super) async fn pass_on(
    tx: &mut Tx,
    area_id: AreaId,
    id: SignalId,
    to: PractitionerId,
    (at, due_on): (Timestamp, Date),
) -> StoreResult<()> {
    let save = "UPDATE signal SET owner_id = $3, due_on = $4, passed_on_at = $5 WHERE area_id = $1 AND signal_id = $2 AND decided_at IS NULL";
    tx.execute(save, vals![area_id, id, to, due_on, at]).await?;
    Ok(())
}

/// Returns the open signals of somebody whose owners are not named for them.
pub(super) async fn list_shut_out(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Signal>> {
    let sql = format!(
        "{COLUMNS} WHERE s.area_id = $1 AND s.person_id = $2 AND s.decided_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM shield x JOIN shield_named n ON n.area_id = x.area_id AND n.shield_id = x.shield_id WHERE x.area_id = $1 \
         AND x.person_id = $2 AND x.kind = 'existence' AND x.ended_at IS NULL AND n.practitioner_id = s.owner_id) \
         ORDER BY s.raised_at, s.signal_id LIMIT 500"
    );
    tx.query(&sql, vals![area_id, permit.id()]).await?.iter().map(signal).collect()
}

/// Marks that nobody else could be asked to look at a signal: it stays with its owner, and is not tried again.
pub(super) async fn keep_with_owner(tx: &mut Tx, area_id: AreaId, id: SignalId, at: Timestamp) -> StoreResult<()> {
    let save = "UPDATE signal SET passed_on_at = $3 WHERE area_id = $1 AND signal_id = $2 AND decided_at IS NULL";
    tx.execute(save, vals![area_id, id, at]).await?;
    Ok(())
}

/// Returns how many signals wait, how many are late, and how many have nobody who looks at them.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN s.due_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM signal s \
             JOIN practitioner o ON o.area_id = s.area_id AND o.practitioner_id = s.owner_id \
             WHERE s.area_id = $1 AND s.decided_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// How often a signal was raised since some day, and what came of it: open, acted on, known, not relevant.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The definition's id.
    pub definition: String,
    /// Open ones.
    pub open: i64,
    /// Those somebody does something about.
    pub acted: i64,
    /// Those that were known.
    pub known: i64,
    /// Those that did not matter.
    pub not_relevant: i64,
}

/// Returns how often each signal was raised since a moment, and what came of it.
pub(super) async fn count_of_each(tx: &mut Tx, area_id: AreaId, since: Timestamp) -> StoreResult<Vec<Counted>> {
    let sql = "SELECT definition, COUNT(CASE WHEN answer IS NULL THEN 1 END) AS waiting, COUNT(CASE WHEN answer = 'acted' THEN 1 END) AS acted, \
               COUNT(CASE WHEN answer = 'known' THEN 1 END) AS known, COUNT(CASE WHEN answer = 'not_relevant' THEN 1 END) AS not_relevant \
               FROM signal WHERE area_id = $1 AND raised_at > $2 GROUP BY definition ORDER BY definition LIMIT 1000";
    let counted = |row: &Row| {
        Ok(Counted {
            definition: row.get("definition")?,
            open: row.get("waiting")?,
            acted: row.get("acted")?,
            known: row.get("known")?,
            not_relevant: row.get("not_relevant")?,
        })
    };
    tx.query(sql, vals![area_id, since]).await?.iter().map(counted).collect()
}
