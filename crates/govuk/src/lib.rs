//! The GOV.UK Design System's components, from its own templates.
//!
//! The package `govuk-frontend` is fetched when this crate is built and never committed. Its Nunjucks
//! templates are translated when they are loaded ([`translate`]) and rendered by minijinja with the few
//! differences of JavaScript made good ([`runtime`]). The package's own fixtures prove the result.
//!
//! Invariant: a component's HTML is what the package's own macro would have written.

pub mod runtime;
pub mod translate;

use minijinja::{Environment, Error, ErrorKind, Value, context};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/govuk"]
struct Files;

/// The components that are held to the package's fixtures, by their names in the package.
pub const COMPONENTS: [&str; 32] = [
    "back-link",
    "breadcrumbs",
    "button",
    "character-count",
    "checkboxes",
    "date-input",
    "details",
    "error-message",
    "error-summary",
    "exit-this-page",
    "fieldset",
    "file-upload",
    "hint",
    "input",
    "inset-text",
    "label",
    "notification-banner",
    "pagination",
    "panel",
    "password-input",
    "phase-banner",
    "radios",
    "select",
    "service-navigation",
    "skip-link",
    "summary-list",
    "table",
    "tabs",
    "tag",
    "task-list",
    "textarea",
    "warning-text",
];

/// The components, ready to render.
pub struct Components(Environment<'static>);

impl Components {
    /// Loads the components.
    ///
    /// # Errors
    /// A template of the package that does not translate: a new version of it needs a look.
    pub fn load() -> Result<Self, Error> {
        let environment = runtime::environment(|name| {
            let file = Files::get(name)?;
            Some(translate::translate(name, &String::from_utf8_lossy(&file.data)))
        })?;
        for component in COMPONENTS {
            environment.get_template(&format!("govuk/components/{component}/template.njk"))?;
        }
        Ok(Self(environment))
    }

    /// Returns the HTML of a component with these parameters.
    ///
    /// # Errors
    /// Parameters that the component's template cannot use.
    pub fn render(&self, component: &str, params: &Value) -> Result<String, Error> {
        if !COMPONENTS.contains(&component) {
            return Err(Error::new(ErrorKind::TemplateNotFound, format!("no component {component}")));
        }
        let template = self.0.get_template(&format!("govuk/components/{component}/template.njk"))?;
        Ok(template.render(context! { params => params.clone() })?.trim().to_owned())
    }
}

/// Returns the name of a component's macro: `back-link` → `govukBackLink`.
pub fn macro_name(component: &str) -> String {
    let words = component.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    format!("govuk{}", words.collect::<String>())
}

/// Returns an asset of the package: `govuk-frontend.css` or `govuk-frontend.js`.
pub fn asset(name: &str) -> Option<Vec<u8>> {
    Files::get(&format!("assets/{name}")).map(|file| file.data.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixtures(component: &str) -> Vec<serde_json::Value> {
        let file = Files::get(&format!("govuk/components/{component}/fixtures.json")).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&file.data).unwrap();
        parsed["fixtures"].as_array().unwrap().clone()
    }

    #[test]
    fn every_fixture_of_every_component_is_rendered_byte_for_byte() {
        let components = Components::load().unwrap();
        let mut count = 0;
        let mut wrong = Vec::new();
        for component in COMPONENTS {
            for fixture in fixtures(component) {
                count += 1;
                let rendered = components.render(component, &runtime::to_value(&fixture["options"]));
                let expected = fixture["html"].as_str().unwrap();
                match rendered {
                    Ok(html) if html == expected => {}
                    Ok(html) => wrong.push(format!("{component} '{}':\n{html}\nbut should be\n{expected}", fixture["name"])),
                    Err(e) => wrong.push(format!("{component} '{}': {e:#}", fixture["name"])),
                }
            }
        }
        assert_eq!(count, 631, "the package's fixtures changed: look at what is new");
        assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n\n"));
    }

    #[test]
    fn the_style_sheet_names_no_typeface_of_the_government() {
        let css = String::from_utf8(asset("govuk-frontend.css").unwrap()).unwrap();
        assert!(!css.contains("GDS Transport") && !css.contains("@font-face"));
        assert!(css.contains(".govuk-button"));
    }

    #[test]
    fn what_a_page_passes_is_escaped_unless_it_is_html_already() {
        let components = Components::load().unwrap();
        let html = components.render("tag", &runtime::to_value(&serde_json::json!({ "text": "<b>'x'</b>" }))).unwrap();
        assert!(html.contains("&lt;b&gt;&#39;x&#39;&lt;/b&gt;"), "{html}");
    }
}
