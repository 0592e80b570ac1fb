//! `cargo xtask icons`: every size of the icon, from one drawing. The results are committed; few machines need this.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, shell};

/// Drawing, edge in pixels, file. The maskable drawing has the margin that launchers cut into.
const PNGS: [(&str, u32, &str); 10] = [
    ("comanda.svg", 16, "icon-16.png"),
    ("comanda.svg", 32, "32x32.png"),
    ("comanda.svg", 48, "icon-48.png"),
    ("comanda.svg", 128, "128x128.png"),
    ("comanda.svg", 256, "128x128@2x.png"),
    ("comanda.svg", 192, "icon-192.png"),
    ("comanda.svg", 512, "icon.png"),
    ("maskable.svg", 180, "apple-touch-icon.png"),
    ("maskable.svg", 192, "maskable-192.png"),
    ("maskable.svg", 512, "maskable-512.png"),
];

pub(crate) fn icons() -> Result<()> {
    shell::which("rsvg-convert").context("rsvg-convert is missing (Debian: librsvg2-bin)")?;
    let folder = paths::root().join("icons");
    for (drawing, edge, file) in PNGS {
        let edge = edge.to_string();
        let mut convert = Command::new("rsvg-convert");
        convert.args([
            "--width", &edge, "--height", &edge, "--output", file, drawing,
        ]);
        shell::run(convert.current_dir(&folder))?;
    }
    fs::write(
        folder.join("icon.ico"),
        ico(
            &folder,
            &[
                (16, "icon-16.png"),
                (32, "32x32.png"),
                (48, "icon-48.png"),
                (0, "128x128@2x.png"),
            ],
        )?,
    )?;
    fs::write(
        folder.join("icon.icns"),
        icns(
            &folder,
            &[
                (b"ic07", "128x128.png"),
                (b"ic08", "128x128@2x.png"),
                (b"ic09", "icon.png"),
            ],
        )?,
    )?;
    println!("icons: made in {}", folder.display());
    Ok(())
}

/// A Windows icon: a directory, then the pictures as PNG. An edge of 256 is written as 0.
fn ico(folder: &Path, pictures: &[(u8, &str)]) -> Result<Vec<u8>> {
    let (mut head, mut body) = (Vec::new(), Vec::new());
    head.extend_from_slice(&[0, 0, 1, 0]);
    head.extend_from_slice(&u16::try_from(pictures.len())?.to_le_bytes());
    for (edge, file) in pictures {
        let png = fs::read(folder.join(file))?;
        let offset = 6 + 16 * pictures.len() + body.len();
        head.extend_from_slice(&[*edge, *edge, 0, 0, 1, 0, 32, 0]);
        head.extend_from_slice(&u32::try_from(png.len())?.to_le_bytes());
        head.extend_from_slice(&u32::try_from(offset)?.to_le_bytes());
        body.extend_from_slice(&png);
    }
    head.extend_from_slice(&body);
    Ok(head)
}

/// A macOS icon: a magic word and the length, then each picture with its own.
fn icns(folder: &Path, pictures: &[(&[u8; 4], &str)]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for (kind, file) in pictures {
        let png = fs::read(folder.join(file))?;
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(png.len() + 8)?.to_be_bytes());
        body.extend_from_slice(&png);
    }
    let mut all = b"icns".to_vec();
    all.extend_from_slice(&u32::try_from(body.len() + 8)?.to_be_bytes());
    all.extend_from_slice(&body);
    Ok(all)
}
