//! Every key is there in every language, with the same values; and every key that the code says, and no other.

use super::words::Words;
use super::{Arg, Language};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keys with the values that their text names.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = None;
    for line in language.source().lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" =").filter(|_| starts) {
            assert!(
                keys.insert(key.to_owned(), BTreeSet::new()).is_none(),
                "{key} stands twice"
            );
            last = Some(key.to_owned());
        }
        let names = line.split('$').skip(1).map(|rest| {
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            rest[..end].to_owned()
        });
        if let Some(values) = last.as_ref().and_then(|key| keys.get_mut(key)) {
            values.extend(names);
        }
    }
    keys
}

/// What the code says, from the source of every crate that draws.
fn said() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["crates/ui/src", "app/src", "kitchen-display/src"] {
        rust_files(&crates.join(folder), &mut files);
    }
    let mut said = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for call in text.split("say!(").skip(1) {
            // say!(locale, "key", …): the first literal after the first comma.
            let Some((_, rest)) = call.split_once(',') else {
                continue;
            };
            let Some(rest) = rest.trim_start().strip_prefix('"') else {
                continue;
            };
            let key = rest.split('"').next().unwrap_or_default();
            said.insert(key.to_owned());
        }
    }
    said
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_language_has_every_key_with_the_same_values() {
    let english = keys(Language::English);
    for language in Language::ALL {
        assert_eq!(keys(language), english, "{language:?}");
    }
}

#[test]
fn every_key_that_the_code_says_is_there_and_no_other() {
    let said = said();
    let there: BTreeSet<String> = keys(Language::English).into_keys().collect();
    let missing: Vec<_> = said.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "said, but in no translation: {missing:#?}"
    );
    let idle: Vec<_> = there.difference(&said).collect();
    assert!(idle.is_empty(), "translated, but never said: {idle:#?}");
}

#[test]
fn every_sentence_can_be_said() {
    for language in Language::ALL {
        let words = Words::of(language);
        for (key, values) in keys(language) {
            let args: Vec<(&'static str, Arg)> = values
                .into_iter()
                .map(|name| (&*name.leak(), Arg::from(2_u16)))
                .collect();
            assert!(!words.say(&key, &args).is_empty());
            assert!(words.has(&key), "{language:?} {key} cannot be read");
            assert_eq!(words.errors_of(&key, &args), 0, "{language:?} {key}");
        }
    }
}

#[test]
fn a_missing_key_shows_itself() {
    assert_eq!(
        Words::of(Language::German).say("no-such-key", &[]),
        "no-such-key"
    );
}

#[test]
fn whoever_is_refused_reads_why_and_no_code() {
    let ours = [
        "not_enrolled",
        "unsent",
        "no_pin",
        "wrong_pin",
        "locked",
        "sign_in",
        "password_session",
    ];
    let hubs = [
        "wrong_credentials",
        "too_many_requests",
        "bad_code",
        "unauthorized",
        "forbidden",
        "not_found",
        "device_revoked",
    ];
    let rules = domain::Code::ALL.iter().map(|code| code.as_str());
    let locale = crate::fixtures::english();
    for code in rules.chain(ours).chain(hubs) {
        let words = locale.refusal(code);
        assert!(
            !words.contains(code) && !words.contains('_'),
            "{code}: {words}"
        );
    }
}
