//! `notices.toml`: telling people outside the product that there is news.

use crate::files::Provenance;
use serde::Deserialize;

/// The longest text message, in characters, without the address that ends them: two parts of a text message (GSM 03.38: 153 characters each)
/// leave room for it.
pub const SMS_CHARACTERS_MAX: usize = 306;

/// Room for a second address, in characters.
const ADDRESS_CHARACTERS: usize = 60;

/// `notices.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// Provenance.
    pub provenance: Provenance,
    /// Where the product is reached, for the links in messages.
    pub address: String,
    /// Whom e-mail comes from.
    pub email_from: String,
    /// The template of GOV.UK Notify for e-mail; empty where it is not used for it.
    pub notify_email_template: String,
    /// The template of GOV.UK Notify for text messages; empty where it is not used.
    pub notify_sms_template: String,
    /// Days after which somebody is asked again whether a way to reach them is still safe.
    pub safe_days: u16,
    /// Working days within which the family is told by somebody, where no message can.
    pub tell_working_days: u16,
    /// Days for which a link opens by which somebody of a family says whether they agree.
    pub link_days: u16,
    /// To practitioners.
    pub practitioner: Text,
    /// To families, by language; the first for everybody else.
    pub family: Vec<FamilyText>,
    /// To families, with a link by which they say whether they agree, by language; the first for everybody else.
    pub link: Vec<FamilyText>,
}

/// What a message says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The subject of an e-mail.
    pub subject: String,
    /// What it says.
    pub words: String,
}

/// What a message to a family says, in a language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyText {
    /// The language's id.
    pub language: String,
    /// The subject of an e-mail.
    pub subject: String,
    /// What it says.
    pub words: String,
}

impl Notices {
    /// Returns the text for somebody who speaks these languages: the first of the area's texts in one of them, else its first.
    pub fn for_family(&self, languages: &[String]) -> Option<&FamilyText> {
        in_one_of(&self.family, languages)
    }

    /// Returns the text that holds a link, for somebody who speaks these languages.
    pub fn for_link(&self, languages: &[String]) -> Option<&FamilyText> {
        in_one_of(&self.link, languages)
    }

    /// Returns what is wrong with it, and what to do.
    pub(crate) fn faults(&self) -> Vec<(String, &'static str)> {
        let mut faults = Vec::new();
        if !["https://", "http://"].iter().any(|scheme| self.address.starts_with(scheme)) {
            faults.push((format!("'{}' is no address", self.address), "Write where the product is reached: https://…"));
        }
        for field in ["{link}", "{choice}"] {
            if !self.practitioner.words.contains(field) {
                faults.push((format!("the text to practitioners has no {field}"), "Add it: it becomes an address."));
            }
        }
        if self.family.is_empty() {
            faults.push(("there is no text to families".to_owned(), "Add a [[family]]."));
        }
        if self.link.is_empty() {
            faults.push(("there is no text that holds a link".to_owned(), "Add a [[link]]."));
        }
        for text in self.link.iter().filter(|text| !text.words.contains("{link}")) {
            faults.push((format!("the text of a link in '{}' has no {{link}}", text.language), "Add it: it becomes an address."));
        }
        for text in self.family.iter().chain(&self.link) {
            if !text.words.contains("{stop}") {
                faults.push((
                    format!("the text in '{}' has no {{stop}}", text.language),
                    "Add it: nobody is written to without a way out.",
                ));
            }
            let second = if text.words.contains("{link}") { ADDRESS_CHARACTERS } else { 0 };
            if text.words.chars().count() + second > SMS_CHARACTERS_MAX {
                faults.push((format!("the text in '{}' is longer than a text message", text.language), "Shorten it."));
            }
        }
        faults
    }
}

fn in_one_of<'a>(texts: &'a [FamilyText], languages: &[String]) -> Option<&'a FamilyText> {
    texts.iter().find(|text| languages.contains(&text.language)).or_else(|| texts.first())
}
