//! Reading an area's folder: every file, every error, with its line.

use crate::custodian::Custodian;
use crate::files::{
    AgenciesFile, Clocks, FeedSource, FrameworksFile, HolidaysFile, Index, LevelsFile, Matching, PeopleFile, Plans, Setting,
    VocabularyFile,
};
use crate::guidance::{self, Guidance};
use crate::notices::Notices;
use crate::retention::Retention;
use crate::services::{Directory, ServicesFile};
use crate::sharing::Sharing;
use crate::signals::Signals;
use crate::skills::Skills;
use crate::{Area, AreaError};
use kernel::working_days::BankHolidays;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// An area's files as they were read, with their texts, for errors that name a line.
pub(crate) struct Files {
    pub(crate) setting: Setting,
    pub(crate) agencies: AgenciesFile,
    pub(crate) vocabulary: VocabularyFile,
    pub(crate) frameworks: FrameworksFile,
    pub(crate) services: ServicesFile,
    pub(crate) directory: Directory,
    pub(crate) levels: LevelsFile,
    pub(crate) clocks: Clocks,
    pub(crate) matching: Matching,
    pub(crate) plans: Plans,
    pub(crate) skills: Skills,
    pub(crate) sharing: Sharing,
    pub(crate) index: Index,
    pub(crate) signals: Signals,
    pub(crate) custodian: Custodian,
    pub(crate) notices: Notices,
    pub(crate) retention: Retention,
    pub(crate) holidays: HolidaysFile,
    pub(crate) people: PeopleFile,
    pub(crate) feeds: BTreeMap<String, FeedSource>,
    pub(crate) guidance: Vec<Guidance>,
    pub(crate) policies: Vec<(String, String)>,
    pub(crate) texts: BTreeMap<String, String>,
}

impl Files {
    /// Returns the line, from one, of a place in a file.
    pub(crate) fn line(&self, file: &str, at: usize) -> usize {
        self.texts.get(file).map_or(1, |text| line_of(text, at))
    }

    pub(crate) fn into_area(self) -> Area {
        let mut terms = self.vocabulary.term;
        for (place, term) in terms.iter_mut().enumerate() {
            term.place = place;
        }
        Area {
            setting: self.setting,
            agencies: self.agencies.agency.into_iter().map(|agency| (agency.code.clone(), agency)).collect(),
            terms: terms.into_iter().map(|term| (term.id.clone(), term)).collect(),
            frameworks: self.frameworks.framework.into_iter().map(|f| (f.id.clone(), f)).collect(),
            services: self.services.service.into_iter().map(|service| (service.id.clone(), service)).collect(),
            directory: self.directory,
            levels: self.levels.level,
            clocks: self.clocks,
            matching: self.matching,
            plans: self.plans,
            skills: self.skills,
            sharing: self.sharing,
            index: self.index,
            signals: self.signals,
            custodian: self.custodian,
            notices: self.notices,
            retention: self.retention,
            holidays: BankHolidays::new(self.holidays.days),
            feeds: self.feeds,
            guidance: self.guidance,
            policies: self.policies,
            people: self.people.person,
        }
    }
}

pub(crate) fn read(folder: &Path) -> Result<Files, Vec<AreaError>> {
    let mut reader = Reader { folder, texts: BTreeMap::new(), errors: Vec::new() };
    // Each is called as the file is, but for `area.toml`. All are read before the first error is told.
    macro_rules! files {
        ($($name:ident)*) => {{
            let (setting, people) = (reader.file("area.toml"), reader.people());
            $(let $name = reader.file(concat!(stringify!($name), ".toml"));)*
            let (feeds, guidance) = (reader.feeds(), reader.guidance());
            let (texts, errors) = (reader.texts, reader.errors);
            match (setting, people, ($($name,)*)) {
                (Some(setting), Some(people), ($(Some($name),)*)) if errors.is_empty() => {
                    let policies = policies_in(&folder.join("policies"));
                    Ok(Files { setting, people, $($name,)* feeds, guidance, policies, texts })
                }
                _ => Err(errors),
            }
        }};
    }
    files!(agencies vocabulary frameworks services directory levels clocks matching plans skills sharing index signals custodian notices
        retention holidays)
}

struct Reader<'a> {
    folder: &'a Path,
    texts: BTreeMap<String, String>,
    errors: Vec<AreaError>,
}

impl Reader<'_> {
    fn file<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let text = match std::fs::read_to_string(self.folder.join(name)) {
            Ok(text) => text,
            Err(e) => {
                self.fail(name, 1, format!("it cannot be read ({e})"), "Add the file: areas/example has one to start from.");
                return None;
            }
        };
        let parsed = toml::from_str(&text);
        if let Err(e) = &parsed {
            let line = e.span().map_or(1, |span| line_of(&text, span.start));
            self.fail(name, line, e.message().to_owned(), "Compare with the same file of areas/example.");
        }
        self.texts.insert(name.to_owned(), text);
        parsed.ok()
    }

    /// Returns the made-up practitioners; a real area has none.
    fn people(&mut self) -> Option<PeopleFile> {
        let name = "people.toml";
        if self.folder.join(name).exists() { self.file(name) } else { Some(PeopleFile { person: Vec::new() }) }
    }

    fn feeds(&mut self) -> BTreeMap<String, FeedSource> {
        let mut feeds = BTreeMap::new();
        for name in names_in(&self.folder.join("feeds"), ".toml") {
            if let Some(feed) = self.file(&format!("feeds/{name}")) {
                feeds.insert(name.trim_end_matches(".toml").to_owned(), feed);
            }
        }
        feeds
    }

    fn guidance(&mut self) -> Vec<Guidance> {
        let remedy = "Compare with the files of areas/example/guidance.";
        let mut all = Vec::new();
        for name in names_in(&self.folder.join("guidance"), ".md") {
            let file = format!("guidance/{name}");
            match std::fs::read_to_string(self.folder.join(&file)) {
                Ok(text) => match guidance::parse(name.trim_end_matches(".md"), &text) {
                    Ok(read) => all.push(read),
                    Err((line, problem)) => self.fail(&file, line, problem, remedy),
                },
                Err(e) => self.fail(&file, 1, format!("it cannot be read ({e})"), remedy),
            }
        }
        all
    }

    fn fail(&mut self, file: &str, line: usize, problem: String, remedy: &str) {
        self.errors.push(AreaError { file: file.to_owned(), line, problem, remedy: remedy.to_owned() });
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Returns the rules of access that an area adds: file name and text.
fn policies_in(folder: &Path) -> Vec<(String, String)> {
    let text = |name: String| std::fs::read_to_string(folder.join(&name)).ok().map(|text| (name, text));
    names_in(folder, ".cedar").into_iter().filter_map(text).collect()
}

fn names_in(folder: &Path, ending: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok().and_then(|entry| entry.file_name().into_string().ok()))
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}
