//! What falls to somebody: whether there is any of it is asked of many tables at once, so that a page asks only for what there is.

use crate::{AreaId, Row, StoreResult, Tx, Val, value};

/// Rows of a table that fall to somebody.
///
/// The folder whose table it is chooses its own list by the same condition ([`Owed::of`]): what is asked here can miss nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The rows, as they stand after `FROM`: `contact c`.
    pub rows: &'static str,
    /// Their area: `c.area_id`.
    pub area: &'static str,
    /// Whose they are: `c.owner_id IN ({})`. `$1` is the area.
    pub is_theirs: &'static str,
}

impl Owed {
    /// Returns the condition that rows are those of some, whose marks in a statement (`$2, $3`) are given.
    pub fn of(&self, marks: &str) -> String {
        self.is_theirs.replace("{}", marks)
    }
}

/// Returns of each of these whether there is any for any of `who`, in their order.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn any<T: Into<Val>>(
    tx: &mut Tx,
    area_id: AreaId,
    who: impl IntoIterator<Item = T>,
    of: &[Owed],
) -> StoreResult<Vec<bool>> {
    let mut values = vec![Val::from(area_id)];
    let marks = value::list(&mut values, who);
    let is_there = |(at, owed): (usize, &Owed)| {
        let (rows, area, theirs) = (owed.rows, owed.area, owed.of(&marks));
        format!("CASE WHEN EXISTS (SELECT 1 FROM {rows} WHERE {area} = $1 AND {theirs}) THEN 1 ELSE 0 END AS a{at}")
    };
    let columns: Vec<String> = of.iter().enumerate().map(is_there).collect();
    let row: Row = tx.query_one(&format!("SELECT {}", columns.join(", ")), &values).await?;
    (0..of.len()).map(|at| row.get(&format!("a{at}"))).collect()
}
