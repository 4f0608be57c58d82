//! What the package's templates expect of their language: how values print, escape and count in JavaScript.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Returns an environment that renders translated templates, which `load` returns by name.
///
/// # Errors
/// Never in practice: the syntax is fixed.
pub fn environment(load: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_formatter(|out, state, value| {
        if matches!(state.auto_escape(), AutoEscape::None) {
            out.write_str(&js_string(value))?;
        } else {
            out.write_str(&escaped(value))?;
        }
        Ok(())
    });
    env.set_path_join_callback(join_path);
    for name in ["escape", "e"] {
        env.add_filter(name, |value: &Value| Value::from_safe_string(escaped(value)));
    }
    env.add_filter("safe", |value: &Value| Value::from_safe_string(js_string(value).into_owned()));
    env.add_filter("string", |value: &Value| as_safe_as(value, js_string(value).into_owned()));
    env.add_filter("trim", |value: &Value| as_safe_as(value, js_string(value).trim().to_owned()));
    env.add_filter("indent", indent);
    env.add_filter("length", |value: &Value| value.len().unwrap_or(0));
    env.add_filter("replace", |value: &Value, from: &Value, to: &Value| {
        as_safe_as(value, js_string(value).replace(&*js_string(from), &js_string(to)))
    });
    env.add_filter("entries", entries);
    env.add_test("null", |value: &Value| value.is_none());
    env.add_test("truthy", |value: &Value| value.is_true());
    env.add_function("govukAttributes", attributes);
    env.add_global("null", Value::from(()));
    env.set_loader(move |name| Ok(load(name)));
    Ok(env)
}

fn join_path<'a>(name: &'a str, parent: &'a str) -> Cow<'a, str> {
    if !name.starts_with("./") && !name.starts_with("../") {
        return name.into();
    }
    let mut path: Vec<&str> = parent.split('/').collect();
    path.pop();
    for step in name.split('/') {
        match step {
            "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/").into()
}

fn js_string(value: &Value) -> Cow<'_, str> {
    if let Some(text) = value.as_str() {
        return Cow::Borrowed(text);
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Cow::Borrowed(""),
        ValueKind::Bool => Cow::Borrowed(if value.is_true() { "true" } else { "false" }),
        _ => {
            let text = value.to_string();
            Cow::Owned(text.strip_suffix(".0").filter(|_| value.is_number()).map(str::to_owned).unwrap_or(text))
        }
    }
}

fn escaped(value: &Value) -> String {
    let text = js_string(value);
    if value.is_safe() {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' => out.push_str("&#92;"),
            c => out.push(c),
        }
    }
    out
}

fn as_safe_as(source: &Value, text: String) -> Value {
    if source.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
}

/// Indents every line but the first, blank ones too.
fn indent(value: &Value, width: Option<usize>, first: Option<bool>) -> Value {
    let text = js_string(value);
    if text.is_empty() || (value.kind() == ValueKind::Bool && !value.is_true()) {
        return Value::from("");
    }
    let (padding, first) = (" ".repeat(width.unwrap_or(4)), first.unwrap_or(false));
    let mut out = String::with_capacity(text.len() + 64);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if at > 0 || first {
            out.push_str(&padding);
        }
        out.push_str(line);
    }
    as_safe_as(value, out)
}

fn entries(value: &Value) -> Result<Value, Error> {
    let mut pairs: Vec<Value> = Vec::new();
    if value.kind() == ValueKind::Map {
        for key in value.try_iter()? {
            let item = value.get_item(&key)?;
            pairs.push([key, item].into_iter().collect());
        }
    }
    Ok(pairs.into_iter().collect())
}

/// The package's attributes macro: names and values, optional ones left out when they are empty.
fn attributes(given: &Value) -> Result<Value, Error> {
    if let Some(text) = given.as_str() {
        return Ok(Value::from_safe_string(text.to_owned()));
    }
    let is = |value: &Value, wanted: bool| value.kind() == ValueKind::Bool && value.is_true() == wanted;
    let mut out = String::new();
    if given.kind() == ValueKind::Map {
        for name in given.try_iter()? {
            let item = given.get_item(&name)?;
            let (value, optional) = if item.kind() == ValueKind::Map {
                (item.get_attr("value")?, is(&item.get_attr("optional")?, true))
            } else {
                (item, false)
            };
            if optional && is(&value, true) {
                out.push(' ');
                out.push_str(&escaped(&name));
            } else if !optional || !(value.is_undefined() || value.is_none() || is(&value, false)) {
                out.push_str(&format!(" {}=\"{}\"", escaped(&name), escaped(&value)));
            }
        }
    }
    Ok(Value::from_safe_string(out))
}

/// Empty lists and objects are true in JavaScript.
#[derive(Debug)]
struct Empty(ObjectRepr);

impl Object for Empty {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        self.0
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// Returns JSON as the templates' value.
pub fn to_value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::from(number.as_f64().unwrap_or(0.0)), Value::from),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) if items.is_empty() => Value::from_object(Empty(ObjectRepr::Seq)),
        Json::Array(items) => items.iter().map(to_value).collect(),
        Json::Object(object) if object.is_empty() => Value::from_object(Empty(ObjectRepr::Map)),
        Json::Object(object) => Value::from_pairs(object.iter().map(|(key, value)| (key.as_str(), to_value(value)))),
    }
}
