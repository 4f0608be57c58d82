//! Rendering: the features' templates, strict, with the components as functions.
//!
//! A template is found by its crate and path: `frontline/referrals/templates/show.html`.

use area::Area;
use govuk::Components;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a crate's templates are: its name, and its files by path.
#[derive(Clone, Copy)]
pub struct TemplateSource {
    /// The crate's name.
    pub name: &'static str,
    /// Returns a file.
    pub get: fn(&str) -> Option<Cow<'static, [u8]>>,
}

/// A page as a test or the gallery shows it, without a database.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The template.
    pub template: &'static str,
    /// Which state of the page this is: empty, usual, full, error, refused.
    pub state: &'static str,
    /// The browser's title.
    pub title: String,
    /// The page.
    pub page: serde_json::Value,
}

/// What the layout needs besides the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Site {
    /// The page's title.
    pub title: String,
    /// The address of this page.
    pub path: String,
    /// The session's token, for forms.
    pub csrf: String,
    /// The key of this rendering of the form.
    pub once: String,
    /// Who is signed in, for what their device keeps.
    pub whose: String,
    /// Who is signed in: name and agency.
    pub actor: Option<String>,
    /// Where they can go: words and address.
    pub navigation: Vec<(String, String)>,
    /// Whether people may sign in as made-up practitioners.
    pub demo: bool,
}

/// The templates, ready to render.
pub struct Pages {
    components: Arc<Components>,
    sources: Arc<BTreeMap<&'static str, TemplateSource>>,
    area: Arc<Area>,
    environment: Environment<'static>,
}

impl Pages {
    /// Loads the kit's own templates and those of the given crates.
    ///
    /// # Errors
    /// A component that does not load.
    pub fn load(area: Arc<Area>, sources: &[TemplateSource]) -> Result<Self, Error> {
        let components = Arc::new(Components::load()?);
        let own = TemplateSource { name: "web", get: crate::assets::template };
        let sources: Arc<BTreeMap<&'static str, TemplateSource>> =
            Arc::new(sources.iter().copied().chain([own]).map(|source| (source.name, source)).collect());
        let environment = environment(&components, &sources, &area);
        Ok(Self { components, sources, area, environment })
    }

    /// Returns a page's HTML.
    ///
    /// # Errors
    /// A template that asks for what the page does not have: a fault of ours.
    pub fn render(&self, template: &str, site: &Site, page: impl Serialize) -> Result<String, Error> {
        let page = serde_json::to_value(page).map_err(|e| Error::new(ErrorKind::BadSerialization, e.to_string()))?;
        let context = context! { site => Value::from(Serde(site)), page => Value::from(Serde(&page)) };
        if cfg!(debug_assertions) {
            // A template that was edited shows at the next request.
            let fresh = environment(&self.components, &self.sources, &self.area);
            return fresh.get_template(template)?.render(context);
        }
        self.environment.get_template(template)?.render(context)
    }
}

fn environment(
    components: &Arc<Components>,
    sources: &Arc<BTreeMap<&'static str, TemplateSource>>,
    area: &Arc<Area>,
) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    let from = Arc::clone(sources);
    env.set_loader(move |name| {
        let Some((crate_name, path)) = name.split_once('/') else { return Ok(None) };
        let file = from.get(crate_name).and_then(|source| (source.get)(path));
        Ok(file.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    });
    for component in govuk::COMPONENTS {
        let components = Arc::clone(components);
        env.add_function(govuk::macro_name(component), move |params: Value| -> Result<Value, Error> {
            components.render(component, &params).map(Value::from_safe_string)
        });
    }
    let words = Arc::clone(area);
    env.add_function("words", move |term: &str| words.words(term).to_owned());
    let choices = Arc::clone(area);
    env.add_global(
        "area",
        context! {
            name => choices.setting.name.clone(),
            product => choices.setting.product.clone(),
            exit_to => choices.setting.exit_to.clone(),
            reasons => Value::from(Serde(&choices.setting.reasons)),
            channels => Value::from(Serde(&choices.setting.channels)),
            languages => Value::from(Serde(&choices.setting.languages)),
        },
    );
    let (guided, details) = (Arc::clone(area), Arc::clone(components));
    env.add_function("guidance", move |place: &str| -> Result<Value, Error> {
        let shown: Result<Vec<String>, Error> =
            guided.guidance_at(place).map(|one| crate::guidance::shown(one, &details)).collect();
        Ok(Value::from_safe_string(shown?.concat()))
    });
    env.add_function("error", error_message);
    let summary = Arc::clone(components);
    env.add_function("errorSummary", move |errors: Value| -> Result<Value, Error> {
        let mut list = Vec::new();
        for error in errors.try_iter()? {
            list.push(context! { text => error.get_attr("text")?, href => format!("#{}", error.get_attr("field")?) });
        }
        let params = context! { titleText => "There is a problem", errorList => list };
        summary.render("error-summary", &params).map(Value::from_safe_string)
    });
    env.add_filter("urlencode", crate::in_query);
    env
}

/// Returns the message of a field for a component's `errorMessage`; nothing when the field is fine.
fn error_message(errors: Value, field: &str) -> Result<Value, Error> {
    for error in errors.try_iter()? {
        if error.get_attr("field")?.as_str() == Some(field) {
            return Ok(context! { text => error.get_attr("text")? });
        }
    }
    Ok(Value::from(()))
}
