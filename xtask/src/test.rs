//! `cargo xtask test`: everything that CI runs, with what each step took.

use anyhow::{Result, bail};

use crate::{desktop, fuzz, room, screens, setup, shell, stories, storm, wasm};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run only these steps (fmt, lint, lint-wasm, lint-desktop, rust, screens, programs, storm, fuzz, desktop, e2e); may be repeated.
    #[arg(long)]
    only: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    passed: u64,
    failed: u64,
}

type Step = (&'static str, fn(&mut Count) -> Result<()>);

/// `rust` brings the stores (a PostgreSQL of its own), Kafka (a broker of its own) and the simulator's seeds with it.
const STEPS: [Step; 11] = [
    ("fmt", fmt),
    ("lint", lint),
    ("lint-wasm", lint_wasm),
    ("lint-desktop", lint_desktop),
    ("rust", rust),
    ("screens", quick_screens),
    ("programs", programs),
    ("storm", killed_processes),
    ("fuzz", hostile_input),
    ("desktop", desktop_program),
    ("e2e", e2e),
];

pub(crate) fn test(args: &Args) -> Result<()> {
    if let Some(unknown) = args
        .only
        .iter()
        .find(|name| STEPS.iter().all(|(step, _)| step != name))
    {
        bail!("there is no step {unknown}");
    }
    room::ensure()?;
    setup::ensure(&[
        setup::Part::Screens,
        setup::Part::Hub,
        setup::Part::Node,
        setup::Part::Tests,
        setup::Part::Desktop,
    ])?;
    let (mut total, mut table, mut broken) = (Count::default(), Vec::new(), 0);
    for (name, step) in STEPS
        .iter()
        .filter(|(name, _)| args.only.is_empty() || args.only.iter().any(|o| o == name))
    {
        println!("\n── {name}");
        let (seconds, mut count) = (shell::stopwatch(), Count::default());
        let ended = step(&mut count);
        if let Err(error) = &ended {
            println!("{name} failed: {error:#}");
            broken += 1;
        }
        total.passed += count.passed;
        total.failed += count.failed;
        println!("── {name} took {:.1} s", seconds());
        table.push((name, seconds(), ended.is_ok(), count));
    }
    println!(
        "\n{:<12} {:>8}  {:<6} {:>7} {:>7}",
        "step", "seconds", "", "passed", "failed"
    );
    for (name, seconds, ok, count) in table {
        let word = if ok { "ok" } else { "FAILED" };
        println!(
            "{name:<12} {seconds:>8.1}  {word:<6} {:>7} {:>7}",
            count.passed, count.failed
        );
    }
    // A step that fails without a failing test (formatting, a lint, a build) counts as one failure.
    let failed = total.failed.max(broken);
    println!(
        "\ntest result: {}. {} passed, {failed} failed",
        if failed == 0 { "ok" } else { "FAILED" },
        total.passed
    );
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn fmt(_: &mut Count) -> Result<()> {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))
}

fn lint(_: &mut Count) -> Result<()> {
    shell::run(shell::cargo().args(["clippy", "--all-targets", "--", "-D", "warnings"]))
}

fn lint_wasm(_: &mut Count) -> Result<()> {
    if !wasm::rustup_target() {
        println!("left out: only rustup's toolchain has a clippy that knows wasm32");
        return Ok(());
    }
    let mut cargo = wasm::cargo()?;
    cargo.args(["clippy", "--target", wasm::TARGET]);
    for (package, _) in wasm::ARTEFACTS {
        cargo.args(["-p", package]);
    }
    shell::run(cargo.args(["--features", "browser/probe", "--", "-D", "warnings"]))
}

fn lint_desktop(_: &mut Count) -> Result<()> {
    shell::run(shell::cargo().args([
        "clippy",
        "-p",
        "comanda-desktop",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn rust(count: &mut Count) -> Result<()> {
    cargo_test(count, &["--no-fail-fast"])
}

fn cargo_test(count: &mut Count, args: &[&str]) -> Result<()> {
    shell::watch(shell::cargo().arg("test").args(args), |line| {
        // test result: ok. 12 passed; 0 failed; 0 ignored; …
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        count.passed += number_before(result, " passed");
        count.failed += number_before(result, " failed");
    })
}

fn quick_screens(_: &mut Count) -> Result<()> {
    screens::build(wasm::Mode::Quick)
}

/// The programs that the end-to-end tests start, as they are shipped: without the simulator's planted bugs.
fn programs(_: &mut Count) -> Result<()> {
    shell::run(shell::cargo().args(["build", "-p", "comanda"]))?;
    shell::run(shell::cargo().args(["build", "-p", "browser", "--example", "socket_server"]))
}

/// A breath of what is blown for ten minutes by hand: on one hub, and on two nodes with PostgreSQL and Kafka.
fn killed_processes(count: &mut Count) -> Result<()> {
    let storms = [(15, false), (5, true)].map(|(seconds, whole)| {
        storm::storm(&storm::Args {
            seconds,
            seed: 1,
            postgres: whole,
            kafka: whole,
        })
    });
    for blown in &storms {
        count.passed += u64::from(blown.is_ok());
        count.failed += u64::from(blown.is_err());
    }
    storms.into_iter().collect()
}

/// Each target for some seconds; CI gives each a minute.
fn hostile_input(count: &mut Count) -> Result<()> {
    let seconds = std::env::var("COMANDA_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok());
    let fed = fuzz::fuzz(&fuzz::Args {
        target: None,
        seconds: seconds.unwrap_or(10),
        seed: 1,
    });
    count.passed += u64::from(fed.is_ok());
    count.failed += u64::from(fed.is_err());
    fed
}

fn desktop_program(count: &mut Count) -> Result<()> {
    desktop::build(false)?;
    cargo_test(count, &["-p", "comanda-desktop"])
}

fn e2e(count: &mut Count) -> Result<()> {
    let told = stories::tell()?;
    count.passed += told.passed;
    count.failed += told.failed;
    if !told.trouble.is_empty() {
        bail!("{}", told.trouble.join("; "));
    }
    Ok(())
}

fn number_before(text: &str, word: &str) -> u64 {
    let number = text
        .split_once(word)
        .map(|(before, _)| before.rsplit([' ', ';']).next().unwrap_or(before));
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::number_before;

    #[test]
    fn reads_cargos_closing_line() {
        let line = "FAILED. 12 passed; 3 failed; 1 ignored; 0 measured";
        assert_eq!(number_before(line, " passed"), 12);
        assert_eq!(number_before(line, " failed"), 3);
        assert_eq!(number_before("nothing here", " failed"), 0);
    }
}
