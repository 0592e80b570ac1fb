//! The screens are embedded from `dist/desktop`: where they have not been built yet, an empty folder stands in.

use std::path::Path;

/// A script of another checkout is not ours: see .cargo/config.toml.
const _: Option<&str> = option_env!("COMANDA_ROOT");

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist/desktop");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        println!("cargo::warning=the folder for the screens cannot be made: {error}");
    }
    let file = folder.join("build.json");
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rustc-env=COMANDA_BUILD={}", build_id(&file));
    let commands = tauri_build::AppManifest::new().commands(&["bridge", "connect"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}

/// Screen and core carry one id: that of the screens which are built in.
fn build_id(file: &Path) -> String {
    let read = std::fs::read_to_string(file).ok();
    let json = read.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let id = json.and_then(|json| json["build"].as_str().map(ToOwned::to_owned));
    id.unwrap_or_else(|| "none".into())
}
