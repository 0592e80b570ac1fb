//! Gives every asset a name with its content's hash, and rewrites the references between them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::stamp;

/// Stands in scripts for the build id, which is known only once everything else is.
const BUILD: &str = "__COMANDA_BUILD__";

/// Assets by key (`ui/fonts/x.woff2`); finished ones also by the name that they are served as.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    sources: BTreeMap<String, Vec<u8>>,
    names: BTreeMap<String, String>,
    finished: BTreeMap<String, Vec<u8>>,
    build: String,
}

impl Assets {
    pub(crate) fn add(&mut self, key: &str, bytes: Vec<u8>) {
        self.sources.insert(key.to_owned(), bytes);
    }

    /// Adds a folder, deep, each file as `prefix/path`.
    pub(crate) fn folder(
        &mut self,
        prefix: &str,
        folder: &Path,
        keep: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let mut files = Vec::new();
        stamp::collect(folder, &mut files)?;
        for file in files {
            let path = file
                .strip_prefix(folder)?
                .to_string_lossy()
                .replace('\\', "/");
            if keep(&path) {
                self.add(&format!("{prefix}/{path}"), fs::read(&file)?);
            }
        }
        Ok(())
    }

    /// The hash of all that was added, before the build id is written into it.
    pub(crate) fn hash(&self) -> String {
        let lines = self
            .sources
            .iter()
            .map(|(key, bytes)| format!("{key} {}\n", stamp::hash(bytes, 64)));
        stamp::hash(lines.collect::<String>().as_bytes(), 12)
    }

    pub(crate) fn set_build(&mut self, build: &str) {
        build.clone_into(&mut self.build);
    }

    /// What was asked for by a page, and what that refers to in turn: name and bytes.
    pub(crate) fn finished(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.finished
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// A page with its `{{asset:KEY}}` and `{{build}}` filled in.
    pub(crate) fn fill(&mut self, text: &str) -> Result<String> {
        let text = text.replace("{{build}}", &self.build);
        let mut parts = text.split("{{asset:");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (key, rest) = part.split_once("}}").context("a {{asset: without its }}")?;
            filled.push_str("/assets/");
            filled.push_str(&self.name(key, &mut Vec::new())?);
            filled.push_str(rest);
        }
        Ok(filled)
    }

    /// The name under which an asset is served; its references are resolved first, since they are part of its content.
    fn name(&mut self, key: &str, asking: &mut Vec<String>) -> Result<String> {
        if let Some(name) = self.names.get(key) {
            return Ok(name.clone());
        }
        if asking.iter().any(|k| k == key) {
            bail!(
                "assets refer to each other in a ring: {} → {key}",
                asking.join(" → ")
            );
        }
        let mut bytes = self
            .sources
            .get(key)
            .with_context(|| format!("there is no asset {key}"))?
            .clone();
        let path = Path::new(key);
        let extension = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if extension == "js" || extension == "css" {
            asking.push(key.to_owned());
            let text = String::from_utf8(bytes).with_context(|| format!("{key} is not text"))?;
            bytes = self
                .rewrite(key, &text.replace(BUILD, &self.build), asking)?
                .into_bytes();
            asking.pop();
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{stem}-{}.{extension}", stamp::hash(&bytes, 10));
        self.names.insert(key.to_owned(), name.clone());
        self.finished.insert(name.clone(), bytes);
        Ok(name)
    }

    /// Replaces each quoted (or, in CSS, bracketed) `./path` that is an asset by its served name.
    fn rewrite(&mut self, key: &str, text: &str, asking: &mut Vec<String>) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['"', '\'', '(']) {
            let close = if rest[at..].starts_with('(') {
                ')'
            } else {
                char::from(rest.as_bytes()[at])
            };
            let (before, after) = rest.split_at(at + 1);
            out.push_str(before);
            rest = after;
            let Some(end) = after
                .find([close, '\n'])
                .filter(|end| after[*end..].starts_with(close))
            else {
                continue;
            };
            if let Some(found) =
                resolve(key, &after[..end]).filter(|found| self.sources.contains_key(found))
            {
                out.push_str("./");
                out.push_str(&self.name(&found, asking)?);
                rest = &after[end..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// `app/app.js` and `./snippets/x.js` make `app/snippets/x.js`; what does not begin with a dot is no reference.
fn resolve(key: &str, reference: &str) -> Option<String> {
    if !reference.starts_with("./") && !reference.starts_with("../") {
        return None;
    }
    let mut parts = key.split('/').collect::<Vec<_>>();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Assets, resolve};

    #[test]
    fn references_are_relative_to_who_refers() {
        assert_eq!(
            resolve("app/app.js", "./snippets/a/b.js").as_deref(),
            Some("app/snippets/a/b.js")
        );
        assert_eq!(
            resolve("app/x/y.js", "../z.js").as_deref(),
            Some("app/z.js")
        );
        assert_eq!(resolve("app/app.js", "app.js"), None);
        assert_eq!(resolve("app.js", "../../etc"), None);
    }

    #[test]
    fn a_changed_leaf_renames_all_above_it() {
        let page = |leaf: &str| {
            let mut assets = Assets::default();
            assets.add("ui/ui.css", b"@font-face { src: url(\"./fonts/a.woff2\") } b { background: url(./fonts/a.woff2) }".to_vec());
            assets.add("ui/fonts/a.woff2", leaf.as_bytes().to_vec());
            assets.fill("<link href=\"{{asset:ui/ui.css}}\">").unwrap()
        };
        assert_ne!(page("one"), page("two"));
        assert_eq!(page("one"), page("one"));
        assert!(page("one").starts_with("<link href=\"/assets/ui-"));
    }

    #[test]
    fn quotes_that_hold_no_asset_stay_as_they_are() {
        let mut assets = Assets::default();
        let text = "const a = \"it's\"; f(\"./b.js\"); // don't (\nconst c = './missing.js';";
        assets.add("x/a.js", text.as_bytes().to_vec());
        assets.add("x/b.js", b"1".to_vec());
        assets.fill("{{asset:x/a.js}}").unwrap();
        let (_, bytes) = assets
            .finished()
            .find(|(name, _)| name.starts_with("a-"))
            .unwrap();
        let done = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(
            done.contains("f(\"./b-")
                && done.contains("'./missing.js'")
                && done.contains("\"it's\""),
            "{done}"
        );
    }

    #[test]
    fn a_missing_asset_is_an_error() {
        assert!(Assets::default().fill("{{asset:no/such.css}}").is_err());
    }
}
