//! What somebody asks the directory for, read from an address and checked.

use area::services::Day;
use area::{Area, TermKind};
use directory::{Position, Wanted};
use kernel::Timestamp;
use kernel::postcode::Postcode;
use serde::{Deserialize, Serialize};
use store::{AreaId, StoreResult, Tx};
use web::FieldErrors;

/// The oldest age that is asked for, in years.
const AGE_MAX: u8 = 120;
/// So many services are on one page.
pub const ON_A_PAGE: usize = 20;

/// What was asked for, as it was typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Asked {
    pub(super) words: String,
    pub(super) need: String,
    pub(super) postcode: String,
    pub(super) age: String,
    pub(super) language: String,
    pub(super) day: String,
    pub(super) page: String,
}

/// Something to choose from, and what is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    needs: Vec<(String, String)>,
    languages: Vec<(String, String)>,
    days: Vec<(String, String)>,
}

/// Returns what can be asked for.
pub fn offered(area: &Area) -> Offered {
    Offered {
        needs: area.terms_of(TermKind::Need).iter().map(|term| (term.id.clone(), term.words.clone())).collect(),
        languages: area.setting.languages.iter().map(|one| (one.id.clone(), one.words.clone())).collect(),
        days: Day::ALL.iter().map(|day| (day.as_str().to_owned(), day.words().to_owned())).collect(),
    }
}

impl Asked {
    /// Returns which page of the results was asked for, from nought.
    pub fn page(&self) -> usize {
        self.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000) - 1
    }

    /// Reads what was asked for; what does not read is said at its field, and does not narrow.
    ///
    /// # Errors
    /// [`store::StoreError`] from the engine.
    pub async fn read(
        &self,
        (area, now): (&Area, Timestamp),
        (tx, area_id): (&mut Tx, AreaId),
        errors: &mut FieldErrors,
    ) -> StoreResult<Wanted> {
        let mut ages = Vec::new();
        if !self.age.trim().is_empty() {
            match self.age.trim().parse::<u8>() {
                Ok(age) if age <= AGE_MAX => ages.push(age),
                _ => errors.add("age", "Type an age in years, like 7"),
            }
        }
        let language = area.setting.languages.iter().find(|one| one.id == self.language);
        Ok(Wanted {
            words: self.words.clone(),
            need: (!self.need.is_empty()).then(|| self.need.clone()),
            ages,
            language: language.map(|one| one.id.clone()),
            day: Day::ALL.into_iter().find(|day| day.as_str() == self.day),
            now,
            near: near(&self.postcode, (tx, area_id), errors).await?,
            ..Wanted::default()
        })
    }

    /// Returns whether nothing was asked for yet.
    pub fn is_empty(&self) -> bool {
        [&self.words, &self.need, &self.postcode, &self.age, &self.language, &self.day, &self.page]
            .iter()
            .all(|one| one.is_empty())
    }

    /// Returns the query of another page of the same results.
    pub fn query_of(&self, page: usize) -> String {
        let fields = [
            ("words", &self.words),
            ("need", &self.need),
            ("postcode", &self.postcode),
            ("age", &self.age),
            ("language", &self.language),
            ("day", &self.day),
        ];
        let said = fields.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = said.map(|(name, value)| format!("{name}={}", web::in_query(value))).collect();
        format!("?{}", [pairs, vec![format!("page={}", page + 1)]].concat().join("&"))
    }
}

async fn near(typed: &str, (tx, area_id): (&mut Tx, AreaId), errors: &mut FieldErrors) -> StoreResult<Option<Position>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let Ok(postcode) = typed.parse::<Postcode>() else {
        errors.add("postcode", "Type a whole postcode, like BD3 9QX");
        return Ok(None);
    };
    let near = directory::of_postcode(tx, area_id, &postcode).await?;
    if near.is_none() {
        errors.add("postcode", &format!("We do not know where {postcode} is, so nothing is in order of distance"));
    }
    Ok(near)
}
