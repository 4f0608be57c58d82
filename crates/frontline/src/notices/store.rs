//! The SQL of notices.

use super::notice::{NewSafeContact, News, Notice, NoticeId, SafeContact, SafeContactId, State, Way};
use crate::contracts::links::LinkId;
use crate::referrals::ReferralId;
use access::{Actor, Permit, PractitionerId};
use families::facts::FactId;
use families::handing::Handed;
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::{Date, Timestamp};
use store::value::list as list_of_values;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// A notice to be kept.
pub(super) struct New {
    pub(super) id: NoticeId,
    pub(super) about: About,
    pub(super) to: To,
    pub(super) way: Way,
    pub(super) state: State,
    pub(super) not_before: Timestamp,
}

/// What a message is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About {
    /// A referral's news.
    News(ReferralId, News),
    /// A link that it holds.
    Link(LinkId),
}

/// Who is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum To {
    /// A practitioner.
    Practitioner(PractitionerId),
    /// Somebody of a family; who tells them where no message can, and by when.
    Person(PersonId, PractitionerId, Date),
}

/// News that families have not been told.
pub const HANDED: Handed = Handed {
    table: "notice",
    past: None,
    owner: "owner_id",
    open: "person_id IS NOT NULL AND state IN ('waiting', 'sending', 'sent', 'to_tell')",
    by: "",
    about: "SELECT notice.person_id",
    also: "",
};

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &New, at: Timestamp) -> StoreResult<()> {
    let (practitioner, person, owner, tell_by) = match new.to {
        To::Practitioner(id) => (Some(id), None, None, None),
        To::Person(id, owner, by) => (None, Some(id), Some(owner), Some(by)),
    };
    let (referral, link, step) = match new.about {
        About::News(referral, news) => (Some(referral), None, news.as_str()),
        About::Link(link) => (None, Some(link), "link"),
    };
    tx.execute(
        "INSERT INTO notice (area_id, notice_id, referral_id, step, practitioner_id, person_id, state, way, owner_id, tell_by, made_at, \
         not_before, link_id, tries, outside_id, problem, told_words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', '', '')",
        vals![
            area_id, new.id, referral, step, practitioner, person, new.state.as_str(), new.way.as_str(), owner, tell_by, at,
            new.not_before, link
        ],
    )
    .await?;
    Ok(())
}

/// Lets later news about a referral take the place of what its person has not been told yet.
pub(super) async fn replace(tx: &mut Tx, area_id: AreaId, referral: ReferralId, at: Timestamp) -> StoreResult<()> {
    let save = "UPDATE notice SET state = 'replaced', done_at = $3 WHERE area_id = $1 AND referral_id = $2 AND person_id IS NOT NULL \
                AND state IN ('waiting', 'to_tell')";
    tx.execute(save, vals![area_id, referral, at]).await?;
    Ok(())
}

const NOTICES: &str = "SELECT n.notice_id, n.referral_id, n.state, n.way, n.owner_id, o.name AS owner, n.tell_by, n.made_at, n.problem, \
     n.done_at, t.name AS told_by, n.told_words FROM notice n \
     JOIN practitioner o ON o.area_id = n.area_id AND o.practitioner_id = n.owner_id \
     LEFT JOIN practitioner t ON t.area_id = n.area_id AND t.practitioner_id = n.told_by ";

fn notice(row: &Row) -> StoreResult<Notice> {
    Ok(Notice {
        id: row.id("notice_id")?,
        referral: row.id("referral_id")?,
        state: row.parse("state")?,
        way: row.parse("way")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        tell_by: row.get("tell_by")?,
        made_at: row.get("made_at")?,
        problem: row.get("problem")?,
        done_at: row.get("done_at")?,
        told_by: row.get("told_by")?,
        told_words: row.get("told_words")?,
    })
}

/// Returns how the person of a referral was told of it, the latest first; at most 50.
pub(super) async fn list_of(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Notice>> {
    let sql = format!(
        "{NOTICES} WHERE n.area_id = $1 AND n.referral_id = $2 AND n.person_id IS NOT NULL AND n.state <> 'replaced' \
         ORDER BY n.made_at DESC, n.notice_id DESC LIMIT 50"
    );
    tx.query(&sql, vals![area_id, permit.id()]).await?.iter().map(notice).collect()
}

/// Returns what the people of these referrals have not been told yet, the soonest first; at most 1,000.
pub(super) async fn list_open_of(tx: &mut Tx, area_id: AreaId, referrals: &[ReferralId]) -> StoreResult<Vec<Notice>> {
    let mut values = vec![Val::from(area_id)];
    let of = list_of_values(&mut values, referrals.iter().copied());
    let sql = format!(
        "{NOTICES} WHERE n.area_id = $1 AND n.referral_id IN ({of}) AND n.person_id IS NOT NULL \
         AND n.state IN ('waiting', 'sending', 'to_tell') ORDER BY n.tell_by, n.notice_id LIMIT 1000"
    );
    tx.query(&sql, &values).await?.iter().map(notice).collect()
}

/// That somebody of a family, by the notice `n`, should have been told by the day before `$2`, or that whoever is to tell them has left.
pub(crate) const UNTOLD: &str = "n.person_id IS NOT NULL AND n.state IN ('waiting', 'sending', 'to_tell') AND (n.tell_by < $2 OR EXISTS \
     (SELECT 1 FROM practitioner g WHERE g.area_id = n.area_id AND g.practitioner_id = n.owner_id AND g.left_at IS NOT NULL))";

/// Returns how much is to be told, how much of it is past its day, and how much has nobody to tell it.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN n.tell_by < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM notice n \
                 LEFT JOIN practitioner o ON o.area_id = n.area_id AND o.practitioner_id = n.owner_id \
                 WHERE n.area_id = $1 AND n.person_id IS NOT NULL AND n.state IN ('waiting', 'sending', 'to_tell') AND n.link_id IS NULL";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Keeps that somebody told them; returns whether it was still to be told.
pub(super) async fn save_told(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (id, words): (NoticeId, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let save = "UPDATE notice SET state = 'told', way = 'in_person', told_by = $4, told_words = $5, done_at = $6 WHERE area_id = $1 \
                AND referral_id = $2 AND notice_id = $3 AND state IN ('waiting', 'to_tell')";
    Ok(tx.execute(save, vals![area_id, permit.id(), id, by, words, at]).await? == 1)
}

/// Hands what is to be told of somebody to one who is named for them, from owners who are not, and lets practitioners who are not named be
/// told no more.
pub(super) async fn take_over(tx: &mut Tx, area_id: AreaId, permit: &Permit, to: PractitionerId) -> StoreResult<()> {
    let named = |who: &str| {
        format!(
            "EXISTS (SELECT 1 FROM shield s JOIN shield_named d ON d.area_id = s.area_id AND d.shield_id = s.shield_id \
             WHERE s.area_id = notice.area_id AND s.person_id = $2 AND s.kind = 'existence' AND s.ended_at IS NULL \
             AND d.practitioner_id = notice.{who})"
        )
    };
    let of = "referral_id IN (SELECT r.referral_id FROM referral r WHERE r.area_id = $1 AND r.person_id = $2)";
    let hand = format!(
        "UPDATE notice SET owner_id = $3 WHERE area_id = $1 AND {of} AND person_id IS NOT NULL AND state IN ('waiting', 'sending', 'sent', 'to_tell') \
         AND NOT {}",
        named("owner_id")
    );
    tx.execute(&hand, vals![area_id, permit.id(), to]).await?;
    let hold = format!(
        "UPDATE notice SET state = 'replaced' WHERE area_id = $1 AND {of} AND practitioner_id IS NOT NULL AND state IN ('waiting', 'sending') AND NOT {}",
        named("practitioner_id")
    );
    tx.execute(&hold, vals![area_id, permit.id()]).await?;
    Ok(())
}

pub(super) async fn wants_email(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<bool> {
    let find = "SELECT wants_email FROM notice_choice WHERE area_id = $1 AND practitioner_id = $2";
    let row = tx.query_opt(find, vals![area_id, id]).await?;
    row.map_or(Ok(true), |row| row.get("wants_email"))
}

pub(super) async fn save_choice(
    tx: &mut Tx,
    area_id: AreaId,
    (id, wants): (PractitionerId, bool),
    at: Timestamp,
) -> StoreResult<()> {
    let save = "INSERT INTO notice_choice (area_id, practitioner_id, wants_email, chosen_at) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (area_id, practitioner_id) DO UPDATE SET wants_email = excluded.wants_email, chosen_at = excluded.chosen_at";
    tx.execute(save, vals![area_id, id, i64::from(wants), at]).await?;
    Ok(())
}

/// Whose service is not named, or tells where they are, is not named here either, and what they wrote is not shown.
const SAFE: &str = "SELECT c.safe_contact_id, c.person_id, c.way, c.fact_id, c.from_hour, c.to_hour, \
     CASE WHEN a.sensitive = 1 THEN '' ELSE c.words END AS words, c.ask_again_on, \
     CASE WHEN a.sensitive = 1 OR a.tells_place = 1 THEN NULL ELSE w.name END AS author, c.recorded_at, c.stop_token FROM safe_contact c \
     LEFT JOIN practitioner w ON w.area_id = c.area_id AND w.practitioner_id = c.author_id \
     LEFT JOIN agency a ON a.area_id = c.area_id AND a.agency_id = c.agency_id ";

fn safe_contact(row: &Row) -> StoreResult<SafeContact> {
    let hour = |column: &str| row.get::<i64>(column).map(|hour| u8::try_from(hour).unwrap_or(0));
    Ok(SafeContact {
        id: row.id("safe_contact_id")?,
        person: row.id("person_id")?,
        safe: row.parse("way")?,
        fact: row.opt_id("fact_id")?,
        from_hour: hour("from_hour")?,
        to_hour: hour("to_hour")?,
        words: row.get("words")?,
        ask_again_on: row.get("ask_again_on")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        stop_token: row.get("stop_token")?,
    })
}

/// Returns what somebody said that has not ended, the latest last; of two records that were found to be one person's there may be two.
pub(super) async fn list_safe(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<SafeContact>> {
    let sql = format!(
        "{SAFE} WHERE c.area_id = $1 AND c.person_id = $2 AND c.ended_at IS NULL ORDER BY c.recorded_at, c.safe_contact_id LIMIT 20"
    );
    tx.query(&sql, vals![area_id, person]).await?.iter().map(safe_contact).collect()
}

/// Returns what a way out belongs to, whether it has ended or not.
pub(super) async fn find_token(tx: &mut Tx, area_id: AreaId, token: &str) -> StoreResult<Option<SafeContact>> {
    let sql = format!("{SAFE} WHERE c.area_id = $1 AND c.stop_token = $2");
    tx.query_opt(&sql, vals![area_id, token]).await?.as_ref().map(safe_contact).transpose()
}

/// Ends what somebody said before.
pub(super) async fn end_safe(tx: &mut Tx, area_id: AreaId, person: PersonId, at: Timestamp) -> StoreResult<()> {
    let save = "UPDATE safe_contact SET ended_at = $3 WHERE area_id = $1 AND person_id = $2 AND ended_at IS NULL";
    tx.execute(save, vals![area_id, person, at]).await?;
    Ok(())
}

pub(super) async fn insert_safe(
    tx: &mut Tx,
    area_id: AreaId,
    (id, person, token): (SafeContactId, PersonId, &str),
    (new, ask_again_on): (&NewSafeContact, Date),
    (by, at): (Option<&Actor>, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO safe_contact (area_id, safe_contact_id, person_id, way, fact_id, from_hour, to_hour, words, ask_again_on, author_id, \
         agency_id, recorded_at, stop_token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        vals![
            area_id, id, person, new.safe.as_str(), new.fact, i64::from(new.from_hour), i64::from(new.to_hour), &new.words,
            ask_again_on, by.map(|actor| actor.id), by.map(|actor| actor.agency_id), at, token
        ],
    )
    .await?;
    Ok(())
}

/// Returns what a fact says while it holds; nothing when it was corrected, taken back, is over, or is another's by now.
pub(super) async fn words_of(
    tx: &mut Tx,
    area_id: AreaId,
    (fact, person, today): (FactId, PersonId, Date),
) -> StoreResult<Option<String>> {
    let find =
        "SELECT words, holds_to FROM fact WHERE area_id = $1 AND fact_id = $2 AND person_id = $3 AND superseded_at IS NULL";
    let Some(row) = tx.query_opt(find, vals![area_id, fact, person]).await? else { return Ok(None) };
    let until: Option<PartialDate> = row.get("holds_to")?;
    if until.is_some_and(|until| until.latest() < today) { Ok(None) } else { Ok(Some(row.get("words")?)) }
}

/// Returns the languages that somebody speaks, in the words in which they were recorded, the latest first.
pub(super) async fn languages_of(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<String>> {
    let list = "SELECT words FROM fact WHERE area_id = $1 AND person_id = $2 AND kind = 'language' AND superseded_at IS NULL \
                AND answer = 'known' ORDER BY recorded_at DESC LIMIT 20";
    tx.query(list, vals![area_id, person]).await?.iter().map(|row| row.get("words")).collect()
}

/// A notice that is to leave, or that has left.
#[derive(Clone, Debug)]
pub(super) struct Leaving {
    pub(super) id: NoticeId,
    pub(super) referral: Option<ReferralId>,
    pub(super) link: Option<LinkId>,
    pub(super) practitioner: Option<PractitionerId>,
    pub(super) email: Option<String>,
    pub(super) has_left: bool,
    pub(super) person: Option<PersonId>,
    pub(super) way: Way,
    pub(super) tries: i64,
    pub(super) outside_id: String,
}

impl Leaving {
    /// Returns whether somebody tells them where it does not arrive.
    pub(super) fn is_else_told(&self) -> bool {
        self.person.is_some() && self.link.is_none()
    }
}

/// Returns what is to leave by now, those that wait longest first; what was under way when its program ended is among them.
pub(super) async fn list_leaving(tx: &mut Tx, area_id: AreaId, now: Timestamp, most: i64) -> StoreResult<Vec<Leaving>> {
    leaving(tx, "n.state IN ('waiting', 'sending') AND n.not_before <= $2", (area_id, now, most)).await
}

/// Returns what has left by way of who says whether it arrived, and has not been asked after since.
pub(super) async fn list_unsure(tx: &mut Tx, area_id: AreaId, now: Timestamp, most: i64) -> StoreResult<Vec<Leaving>> {
    leaving(tx, "n.state = 'sent' AND n.outside_id <> '' AND n.not_before <= $2", (area_id, now, most)).await
}

async fn leaving(tx: &mut Tx, chosen: &str, (area_id, now, most): (AreaId, Timestamp, i64)) -> StoreResult<Vec<Leaving>> {
    let sql = format!(
        "SELECT n.notice_id, n.referral_id, n.link_id, n.practitioner_id, p.email, p.left_at, CASE WHEN n.person_id IS NULL THEN NULL ELSE COALESCE(r.person_id, k.person_id) END AS person_id, n.way, n.tries, n.outside_id \
         FROM notice n LEFT JOIN contract_link k ON k.area_id = n.area_id AND k.link_id = n.link_id LEFT JOIN referral r ON r.area_id = n.area_id AND r.referral_id = n.referral_id LEFT JOIN practitioner p ON p.area_id = n.area_id AND p.practitioner_id = n.practitioner_id \
         WHERE n.area_id = $1 AND {chosen} ORDER BY n.not_before, n.notice_id LIMIT $3"
    );
    let read = |row: &Row| {
        Ok(Leaving {
            id: row.id("notice_id")?,
            referral: row.opt_id("referral_id")?,
            link: row.opt_id("link_id")?,
            practitioner: row.opt_id("practitioner_id")?,
            email: row.get("email")?,
            has_left: row.get::<Option<Timestamp>>("left_at")?.is_some(),
            person: row.opt_id("person_id")?,
            way: row.parse("way")?,
            tries: row.get("tries")?,
            outside_id: row.get("outside_id")?,
        })
    };
    tx.query(&sql, vals![area_id, now, most]).await?.iter().map(read).collect()
}

/// What becomes of a notice on its way.
pub(super) struct Moved<'a> {
    pub(super) state: State,
    pub(super) way: Way,
    pub(super) not_before: Timestamp,
    pub(super) tries: i64,
    pub(super) outside_id: &'a str,
    pub(super) problem: &'a str,
    pub(super) done_at: Option<Timestamp>,
}

/// Returns whether there is later news of the same referral for the person of a notice.
pub(super) async fn is_overtaken(tx: &mut Tx, area_id: AreaId, id: NoticeId) -> StoreResult<bool> {
    let find = "SELECT l.notice_id FROM notice n JOIN notice l ON l.area_id = n.area_id AND l.referral_id = n.referral_id \
                AND l.person_id IS NOT NULL AND l.notice_id <> n.notice_id AND l.made_at >= n.made_at AND l.notice_id > n.notice_id \
                WHERE n.area_id = $1 AND n.notice_id = $2 LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, id]).await?.is_some())
}

/// Returns whom a notice is about: whom its referral or its link is for.
pub(super) async fn find_person(tx: &mut Tx, area_id: AreaId, id: NoticeId) -> StoreResult<Option<PersonId>> {
    let find = "SELECT COALESCE(r.person_id, k.person_id) AS person_id FROM notice n \
                LEFT JOIN referral r ON r.area_id = n.area_id AND r.referral_id = n.referral_id \
                LEFT JOIN contract_link k ON k.area_id = n.area_id AND k.link_id = n.link_id WHERE n.area_id = $1 AND n.notice_id = $2";
    tx.query_opt(find, vals![area_id, id]).await?.map(|row| row.id("person_id")).transpose()
}

/// Moves a notice on, unless somebody else did since; returns whether it was moved.
pub(super) async fn save_moved(
    tx: &mut Tx,
    area_id: AreaId,
    (id, tries): (NoticeId, i64),
    moved: &Moved<'_>,
) -> StoreResult<bool> {
    let save = "UPDATE notice SET state = $4, way = $5, not_before = $6, tries = $7, outside_id = $8, problem = $9, done_at = COALESCE($10, done_at) \
                WHERE area_id = $1 AND notice_id = $2 AND tries = $3 AND state IN ('waiting', 'sending', 'sent')";
    let values = vals![
        area_id,
        id,
        tries,
        moved.state.as_str(),
        moved.way.as_str(),
        moved.not_before,
        moved.tries,
        moved.outside_id,
        moved.problem,
        moved.done_at
    ];
    Ok(tx.execute(save, values).await? == 1)
}
