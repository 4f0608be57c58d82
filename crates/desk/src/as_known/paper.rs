//! A page to read: the main part of what was sent, with nothing to press and nowhere to go but to other pages of the same moment. Pure.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Patterns are our own and read; a test renders every page through them.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static MAIN: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"(?s)<main[^>]*>(.*)</main>"));
static FORMS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"(?s)<form\b.*?</form>"));
static BUTTONS: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r#"(?s)<a\b[^>]*role="button"[^>]*>.*?</a>|<button\b.*?</button>"#));
static LINKS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r#"<a\b([^>]*?)\shref="([^"]*)"([^>]*)>"#));

/// Returns the main part of a page, to read: forms and buttons are gone, and links lead where `to` says, or nowhere.
///
/// A link without an address is HTML's own way to say that there was one.
pub(super) fn of(html: &str, to: impl Fn(&str) -> Option<String>) -> String {
    let main =
        MAIN.as_ref().and_then(|main| main.captures(html)).map_or("", |found| found.get(1).map_or("", |main| main.as_str()));
    let without = |text: &str, out: &LazyLock<Option<Regex>>| {
        out.as_ref().map_or_else(String::new, |out| out.replace_all(text, "").into_owned())
    };
    let read = without(&without(main, &FORMS), &BUTTONS);
    let Some(links) = LINKS.as_ref() else { return String::new() };
    let link = |found: &Captures<'_>| match to(&found[2]) {
        Some(address) => format!("<a{} href=\"{address}\"{}>", &found[1], &found[3]),
        None => format!("<a{}{}>", &found[1], &found[3]),
    };
    links.replace_all(&read, link).trim().to_owned()
}
