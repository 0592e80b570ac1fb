//! Servers and folders that live as long as this test program: their keeper hears when it ends, however that happens.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// What is kept until this is dropped or the test program is gone, as its keeper reads a pipe of ours.
#[derive(Debug)]
pub struct Watched {
    keeper: Child,
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

impl Watched {
    /// Runs a server (a line of shell that becomes it) with its output in `folder/log`; at the end it is killed.
    pub fn server(folder: &Path, command: &str) -> Self {
        let folder = folder.display();
        Self::keeper(&format!(
            "cd / && exec {command} >>'{folder}/log' 2>&1 </dev/null & p=$!; read -r _; kill -9 $p"
        ))
    }

    fn keeper(script: &str) -> Self {
        let keeper = Command::new("setsid")
            .args(["bash", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("bash and setsid are there");
        Self { keeper }
    }
}

/// One folder for all that this test program writes; it goes when the program does.
fn root() -> &'static Path {
    static ROOT: OnceLock<(PathBuf, Watched)> = OnceLock::new();
    let (folder, _) = ROOT.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("comanda-it").tempdir();
        let folder = folder.expect("a folder").keep();
        // PostgreSQL runs as another user where the tests run as root.
        let open = std::fs::Permissions::from_mode(0o711);
        std::fs::set_permissions(&folder, open).expect("the folder is ours");
        // The servers in it are dying at the same time and may still write.
        let script = format!(
            "read -r _; for n in 1 2 3 4 5; do sleep 1; rm -rf '{}' && break; done",
            folder.display()
        );
        (folder, Watched::keeper(&script))
    });
    folder
}

pub fn folder() -> TempDir {
    tempfile::tempdir_in(root()).expect("a folder")
}

/// Runs a program to its end and gives what it said; panics where it fails, with what to install.
pub fn run(program: &Path, args: &[&str], install: &str) -> String {
    let out = Command::new(program)
        .args(args)
        .current_dir("/")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error} ({install})", program.display()));
    assert!(
        out.status.success(),
        "{} {args:?}: {}",
        program.display(),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8_lossy(&out.stdout).into_owned()
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
