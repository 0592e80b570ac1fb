//! Servers and folders that live as long as this program: their keeper hears when it ends, however that happens.

use anyhow::{Context, Result, bail, ensure};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// What is kept until this is dropped or the program is gone, as its keeper reads a pipe of ours.
#[derive(Debug)]
pub struct Watched {
    keeper: Child,
    /// Where the keeper has written whom it keeps.
    pid: PathBuf,
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

impl Watched {
    /// Runs a server (a line of shell that becomes it) with its output in `folder/log`; at the end it is killed.
    pub fn server(folder: &Path, command: &str) -> Result<Self> {
        let (pid, folder) = (folder.join("pid"), folder.display());
        let keeper = keeper(&format!(
            "cd / && exec {command} >>'{folder}/log' 2>&1 </dev/null & p=$!; echo $p >'{}'; read -r _; kill -9 $p; wait $p",
            pid.display()
        ))?;
        Ok(Self { keeper, pid })
    }

    /// Tells it something, as `kill -QUIT` does.
    pub fn signal(&self, name: &str) -> Result<()> {
        let pid = std::fs::read_to_string(&self.pid).context("nobody is kept there")?;
        let told = Command::new("kill")
            .args([&format!("-{name}"), pid.trim()])
            .status()?;
        ensure!(told.success(), "{} cannot be told {name}", pid.trim());
        Ok(())
    }

    pub fn is_there(&self) -> bool {
        let pid = std::fs::read_to_string(&self.pid).unwrap_or_default();
        !pid.trim().is_empty() && Path::new("/proc").join(pid.trim()).exists()
    }
}

fn keeper(script: &str) -> Result<Child> {
    Command::new("setsid")
        .args(["bash", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("setsid and bash are not there")
}

/// One folder for all that this program has servers write; it goes when the program does.
fn root() -> Result<&'static Path> {
    static ROOT: OnceLock<Result<(PathBuf, Child), String>> = OnceLock::new();
    let root = ROOT.get_or_init(|| make_root().map_err(|error| format!("{error:#}")));
    match root {
        Ok((folder, _)) => Ok(folder),
        Err(why) => bail!("{why}"),
    }
}

fn make_root() -> Result<(PathBuf, Child)> {
    let folder = tempfile::Builder::new().prefix("comanda-test").tempdir()?;
    let folder = folder.keep();
    // PostgreSQL runs as another user where the tests run as root.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    // The servers in it are dying at the same time and may still write.
    let script = format!(
        "read -r _; for n in 1 2 3 4 5; do sleep 1; rm -rf '{}' && break; done",
        folder.display()
    );
    Ok((folder, keeper(&script)?))
}

pub fn folder() -> Result<TempDir> {
    Ok(tempfile::tempdir_in(root()?)?)
}

/// Runs a program to its end and gives what it said; where it fails, the error says what to install.
pub fn run(program: &Path, args: &[&str], install: &str) -> Result<String> {
    let shown = program.display();
    let out = Command::new(program)
        .args(args)
        .current_dir("/")
        .output()
        .with_context(|| format!("{shown} ({install})"))?;
    let said = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "{shown} {args:?}: {said}");
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

pub fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}
