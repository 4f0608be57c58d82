//! An area's guidance as it is shown: closed until somebody opens it, with its source and its day.

use area::guidance::Guidance;
use govuk::Components;
use kernel::british;
use minijinja::{Error, context};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

/// Returns guidance as a details component.
///
/// # Errors
/// When the component does not render.
pub(crate) fn shown(guidance: &Guidance, components: &Components) -> Result<String, Error> {
    let from = format!("{}. Holds since {}", guidance.provenance.source, british::day(guidance.provenance.in_force));
    let confirm = if guidance.provenance.confirm { ". To be confirmed by this area" } else { "" };
    let source = format!("<p class=\"tf-fact__source\">{}{confirm}.</p>", escaped(&from));
    let text = format!("<div class=\"tf-guidance\">{}{source}</div>", html_of(&guidance.markdown));
    let params = context! { summaryText => guidance.title.clone(), html => text, classes => "tf-noprint" };
    components.render("details", &params)
}

/// Returns Markdown as HTML; what is HTML in it is shown as it is written, and headings stand below a page's own.
fn html_of(markdown: &str) -> String {
    let lower = |level: HeadingLevel| if level == HeadingLevel::H1 { HeadingLevel::H3 } else { HeadingLevel::H4 };
    let events = Parser::new(markdown).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, std::iter::once(Event::Text(text.into())));
    out
}

#[cfg(test)]
mod tests {
    use super::html_of;

    #[test]
    fn markup_in_guidance_is_text_and_its_headings_stand_below_the_pages_own() {
        let html = html_of("# When\n\nTry <script>alert(1)</script> *again*.\n");
        assert_eq!(html, "<h3>When</h3>\n<p>Try &lt;script&gt;alert(1)&lt;/script&gt; <em>again</em>.</p>\n");
    }
}
