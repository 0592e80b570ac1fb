//! The screens are embedded from `dist/screens`: where they have not been built yet, an empty folder stands in.

/// A script of another checkout is not ours: see .cargo/config.toml.
const _: Option<&str> = option_env!("COMANDA_ROOT");

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist/screens");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        println!("cargo::warning=the folder for the screens cannot be made: {error}");
    }
    println!("cargo::rerun-if-changed=../dist/screens/build.json");
    println!("cargo::rerun-if-changed=../migrations/server");
}
