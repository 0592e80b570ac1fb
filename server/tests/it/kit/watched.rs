//! Servers that live as long as this test program: their keeper hears when it ends, however that happens.

use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

/// A server whose keeper reads a pipe of ours: at its end the server is killed and its folder removed.
#[derive(Debug)]
pub struct Watched {
    _until: ChildStdin,
}

impl Watched {
    /// Runs `command` (a line of shell that becomes the server) with its output in `folder/log`.
    pub fn start(folder: &Path, command: &str) -> Self {
        let script = format!(
            "cd / && {command} >>'{folder}/log' 2>&1 </dev/null & p=$!; read -r _; kill -9 $p; wait $p; rm -rf '{folder}'",
            folder = folder.display()
        );
        let mut keeper = Command::new("setsid")
            .args(["bash", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("bash and setsid are there");
        Self {
            _until: keeper.stdin.take().expect("a pipe was asked for"),
        }
    }
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
