//! The package's Nunjucks templates, rewritten as minijinja reads them. Only ever applied to the package's own files.
//!
//! What differs: keys of object literals are unquoted, `+` joins strings, `===`, `elseif`, `.length`, `.includes`,
//! iterating an object, `set` inside `for` reaching outside it, and white space around comments.

use regex::{Captures, Regex};
use std::borrow::Cow;

/// Returns a template of the package as minijinja reads it.
pub fn translate(name: &str, raw: &str) -> String {
    if name.ends_with("macros/attributes.njk") {
        // The one macro here is a function of the runtime.
        return String::new();
    }
    if name.ends_with("/macro.njk") {
        return raw.replacen("(params) %}", "(params) %}{%- if caller %}{% endif -%}", 1);
    }
    let source = unleak(raw).replace("[true, false].includes(params.spellcheck)", "(params.spellcheck is boolean)");
    let mut out = String::with_capacity(source.len() + 256);
    let mut at = 0;
    while let Some(open) = next_tag(&source, at) {
        out.push_str(&source[at..open]);
        at = if source.as_bytes()[open + 1] == b'#' { comment(&source, open, &mut out) } else { tag(&source, open, &mut out) };
    }
    out.push_str(&source[at..]);
    out
}

fn next_tag(source: &str, from: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    source[from..].match_indices('{').map(|(at, _)| from + at).find(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')))
}

/// Nunjucks keeps the white space around comments; `+` asks minijinja to.
fn comment(source: &str, open: usize, out: &mut String) -> usize {
    let end = source[open..].find("#}").map_or(source.len(), |end| open + end);
    let words = &source[open + 2..end];
    out.push_str(if words.starts_with('-') { "{#" } else { "{#+" });
    out.push_str(words);
    out.push_str(if words.ends_with('-') { "#}" } else { "+#}" });
    (end + 2).min(source.len())
}

fn tag(source: &str, open: usize, out: &mut String) -> usize {
    let bytes = source.as_bytes();
    let is_block = bytes[open + 1] == b'%';
    let close = if is_block { "%}" } else { "}}" };
    let inside = if bytes.get(open + 2) == Some(&b'-') { open + 3 } else { open + 2 };
    let (tokens, end) = tokens(source, inside, close);
    let has_dash = bytes.get(end) == Some(&b'-');
    let meaning: Vec<usize> = (0..tokens.len()).filter(|at| !tokens[*at].trim().is_empty()).collect();
    let opens_capture = is_block && meaning.len() == 2 && tokens[meaning[0]] == "set";
    out.push_str(&source[open..inside]);
    out.push_str(&rewrite(&tokens, &meaning, is_block));
    // Nunjucks ignores the dash that ends the opening tag of a captured block.
    if has_dash && !opens_capture {
        out.push('-');
    }
    out.push_str(close);
    end + usize::from(has_dash) + 2
}

/// A `set` inside `for` reaches outside the loop in Nunjucks: a namespace does the same.
fn unleak(source: &str) -> String {
    let Ok(pattern) = Regex::new(r"\{%-? for ([^\n]*?) %\}\s*\{% set (\w+) = ([^\n]*?) %\}\s*\{% endfor -%\}") else {
        return source.to_owned();
    };
    let rewritten = pattern.replace_all(source, |found: &Captures<'_>| {
        let (iteration, name) = (&found[1], &found[2]);
        let value = Regex::new(&format!(r"\b{name}\b"))
            .map_or_else(|_| found[3].to_owned(), |this| this.replace_all(&found[3], "outside.value").into_owned());
        format!(
            "{{%- set outside = namespace(value={name}) -%}}{{%- for {iteration} -%}}{{%- set outside.value = {value} -%}}\
             {{%- endfor -%}}{{%- set {name} = outside.value -%}}"
        )
    });
    rewritten.into_owned()
}

/// Returns the tokens up to the tag's end at bracket depth 0, and where that is; together they are the text.
fn tokens<'a>(source: &'a str, from: usize, close: &str) -> (Vec<&'a str>, usize) {
    let bytes = source.as_bytes();
    let (mut tokens, mut depth, mut at) = (Vec::new(), 0_i32, from);
    while at < source.len() {
        let rest = &source[at..];
        if depth == 0 && (rest.starts_with(close) || (bytes[at] == b'-' && source[at + 1..].starts_with(close))) {
            break;
        }
        let length = token_length(rest);
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        tokens.push(&source[at..at + length]);
        at += length;
    }
    (tokens, at)
}

fn token_length(rest: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let run = |of: fn(char) -> bool| rest.find(|c: char| !of(c)).unwrap_or(rest.len());
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut escaped = false;
            for (at, c) in rest.char_indices().skip(1) {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    c if c == quote => return at + 1,
                    _ => {}
                }
            }
            rest.len()
        }
        Some(c) if c.is_whitespace() => run(char::is_whitespace),
        Some(c) if is_word(c) => run(|c| c.is_ascii_alphanumeric() || c == '_'),
        Some(_) if rest.starts_with("===") || rest.starts_with("!==") => 3,
        Some(_) if ["==", "!=", "<=", ">="].iter().any(|operator| rest.starts_with(operator)) => 2,
        Some(c) => c.len_utf8(),
        None => 0,
    }
}

fn rewrite(tokens: &[&str], meaning: &[usize], is_block: bool) -> String {
    let at = |place: usize| meaning.get(place).map_or("", |token| tokens[*token]);
    let is_number = |token: &str| token.starts_with(|c: char| c.is_ascii_digit());
    let mut out: Vec<Cow<'_, str>> = tokens.iter().map(|token| Cow::Borrowed(*token)).collect();
    let mut brackets: Vec<&str> = Vec::new();
    for (place, &token) in meaning.iter().enumerate() {
        let (current, next) = (at(place), at(place + 1));
        let before = if place > 0 { at(place - 1) } else { "" };
        let is_name = current.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_name && next == ":" && brackets.last() == Some(&"{") && matches!(before, "{" | ",") {
            out[token] = format!("\"{current}\"").into();
            continue;
        }
        match current {
            "(" | "[" | "{" => brackets.push(current),
            ")" | "]" | "}" => {
                brackets.pop();
            }
            "elseif" if is_block && place == 0 => out[token] = "elif".into(),
            "===" => out[token] = "==".into(),
            "!==" => out[token] = "!=".into(),
            "+" if !is_number(next) && !is_number(before) => out[token] = "~".into(),
            "length" if before == "." && next != "(" => out[meaning[place - 1]] = "|".into(),
            _ => {}
        }
    }
    // for key, value in object
    if is_block
        && at(0) == "for"
        && at(2) == ","
        && let (Some(&first), Some(&last)) = (meaning.get(5), meaning.last())
    {
        out[first] = format!("({}", out[first]).into();
        out[last] = format!("{})|entries", out[last]).into();
    }
    out.concat()
}
