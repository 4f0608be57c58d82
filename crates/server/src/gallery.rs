//! Every page in every state, written as files: for people to look at, and for validators to read.

use crate::routes::{TEMPLATES, samples};
use anyhow::Result;
use area::Area;
use std::path::Path;
use std::sync::Arc;
use web::Pages;
use web::pages::Site;

/// Writes the gallery and returns how many pages it has.
///
/// # Errors
/// A page that does not render, or a folder that cannot be written.
pub fn write(area: Area, folder: &Path) -> Result<usize> {
    let pages = Pages::load(Arc::new(area), &TEMPLATES)?;
    std::fs::create_dir_all(folder)?;
    let mut count = 0;
    for sample in samples() {
        let name = sample.template.replace("/templates/", "-").replace('/', "-").replace(".html", "");
        std::fs::write(
            folder.join(format!("{name}-{}.html", sample.state)),
            pages.render(sample.template, &site(&sample.title), &sample.page)?,
        )?;
        count += 1;
    }
    Ok(count)
}

/// Returns the layout's part of a sample: somebody signed in.
pub fn site(title: &str) -> Site {
    Site {
        title: title.to_owned(),
        path: "/".to_owned(),
        csrf: "sample".to_owned(),
        once: "00000000-0000-7000-8000-000000000000".to_owned(),
        whose: "00000000-0000-7000-8000-000000000001".to_owned(),
        actor: Some("Helen Marsh, Hillside Homes".to_owned()),
        navigation: vec![("Home".to_owned(), "/".to_owned()), ("Find somebody".to_owned(), "/search".to_owned())],
        demo: false,
    }
}
