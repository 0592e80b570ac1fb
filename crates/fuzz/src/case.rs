//! A case: what is fed, in parts, kept as text that people can read.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// What one run of a target is fed, one part after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub parts: Vec<Vec<u8>>,
}

impl Case {
    /// One part to a line; what is not plain is escaped.
    pub fn written(&self) -> String {
        let line = |part: &Vec<u8>| format!("{}\n", escaped(part));
        self.parts.iter().map(line).collect()
    }

    pub fn read(text: &str) -> anyhow::Result<Self> {
        let parts = text.lines().map(unescaped).collect::<anyhow::Result<_>>()?;
        Ok(Self { parts })
    }

    pub fn of_file(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file);
        Self::read(&text.with_context(|| format!("{} cannot be read", file.display()))?)
    }
}

/// Bytes as a line of text: what is UTF-8 and printable stays as it is.
fn escaped(part: &[u8]) -> String {
    let mut out = String::new();
    for chunk in part.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => {
                    let mut bytes = [0; 4];
                    let bytes = c.encode_utf8(&mut bytes).bytes();
                    bytes.for_each(|byte| out.push_str(&format!("\\{byte:02x}")));
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\{byte:02x}"));
        }
    }
    out
}

fn unescaped(line: &str) -> anyhow::Result<Vec<u8>> {
    let (mut out, mut rest) = (Vec::new(), line);
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend(before.bytes());
        if let Some(after) = after.strip_prefix('\\') {
            out.push(b'\\');
            rest = after;
            continue;
        }
        let Some((hex, after)) = after.split_at_checked(2) else {
            bail!("a line ends in the middle of an escape");
        };
        out.push(u8::from_str_radix(hex, 16).context("an escape is two hex digits")?);
        rest = after;
    }
    out.extend(rest.bytes());
    Ok(out)
}

/// Where the cases of a target are kept that once failed.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

/// The kept cases of a target, in the order of their names.
pub fn kept(target: &str) -> anyhow::Result<Vec<(PathBuf, Case)>> {
    let Ok(listed) = std::fs::read_dir(folder(target)) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = listed
        .map(|file| Ok(file?.path()))
        .collect::<anyhow::Result<_>>()?;
    files.sort();
    let case = |file: PathBuf| Case::of_file(&file).map(|case| (file, case));
    files.into_iter().map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_reads_back_whatever_its_bytes() {
        let all: Vec<u8> = (0..=255).collect();
        let texts = [
            "",
            "\\",
            "\\00",
            "crêpe \u{2028}",
            "{\"a\":\"\\ud800\"}\r\n",
        ];
        let parts = texts.iter().map(|text| text.as_bytes().to_vec());
        let case = Case {
            parts: parts.chain([all]).collect(),
        };
        assert_eq!(Case::read(&case.written()).unwrap(), case);
    }
}
