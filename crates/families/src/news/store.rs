//! The SQL of news.

use super::{News, Source};
use access::{Narrowing, PractitionerId};
use kernel::Timestamp;
use store::{AreaId, Row, StoreResult, Tx, vals};

/// Counts what each source has, of members of the families that somebody leads for, helps or works with one of, since they read them.
pub(super) async fn list(
    tx: &mut Tx,
    (area_id, who): (AreaId, PractitionerId),
    (known, sources): (&Narrowing, &[(Source, Narrowing)]),
    (since, now): (Timestamp, Timestamp),
) -> StoreResult<Vec<News>> {
    let mut values = vals![area_id, who, since].to_vec();
    // Of whom somebody may not know any more, no family is told either.
    let known = known.write(&mut values, now);
    let one = |(source, narrowing): &(Source, Narrowing)| {
        let ((table, named), Source { join, at, by, which, .. }) = (source.table, *source);
        let narrowed = narrowing.write(&mut values, now);
        format!(
            "SELECT nm.family_id, {at} AS at FROM family_member nm \
             JOIN {table} {named} ON {named}.area_id = nm.area_id AND {named}.person_id = nm.person_id \
             LEFT JOIN family_read nr ON nr.area_id = nm.area_id AND nr.practitioner_id = $2 AND nr.family_id = nm.family_id {join} \
             WHERE nm.area_id = $1 AND nm.ended_at IS NULL AND nm.family_id IN (SELECT mine.family_id FROM mine) \
             AND {at} > $3 AND {at} > COALESCE(nr.read_at, 0) AND ({by} IS NULL OR {by} <> $2) AND {which} \
             AND {narrowed}"
        )
    };
    let all: Vec<String> = sources.iter().map(one).collect();
    let sql = format!(
        "WITH mine AS (SELECT nf.family_id FROM family nf WHERE nf.area_id = $1 AND nf.owner_id = $2 AND nf.closed_at IS NULL \
         UNION SELECT nt.family_id FROM family_team nt WHERE nt.area_id = $1 AND nt.practitioner_id = $2 AND nt.ended_at IS NULL \
         UNION SELECT nw.family_id FROM involvement p JOIN family_member nw ON nw.area_id = p.area_id AND nw.person_id = p.person_id \
         AND nw.ended_at IS NULL WHERE p.area_id = $1 AND p.practitioner_id = $2 AND p.ended_at IS NULL AND {known}) \
         SELECT family_id, COUNT(*) AS things, MAX(at) AS last_at FROM ({}) news \
         GROUP BY family_id ORDER BY last_at DESC, family_id LIMIT 200",
        all.join(" UNION ALL ")
    );
    let news = |row: &Row| Ok(News { family: row.id("family_id")?, things: row.get("things")?, last_at: row.get("last_at")? });
    tx.query(&sql, &values).await?.iter().map(news).collect()
}
