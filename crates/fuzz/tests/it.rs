//! Every kept case, and some fresh ones of each target.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot begin has failed, and says how deep it came"
)]

use fuzz::{TARGETS, Until, kept, replay, run};

/// A short run from one seed: nothing breaks, and it comes as deep as it has to.
fn feeds(name: &str) {
    for (file, _) in kept(name).expect("the kept cases read") {
        let said = replay(name, &file).expect("the target begins");
        assert_eq!(said, Ok(()), "{}", file.display());
    }
    let (_, cases) = TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a target");
    let report = run(name, 1, Until::Cases(*cases)).expect("the target begins");
    if let Some(failed) = report.failed {
        panic!(
            "{name}, seed {}: {}\n{}",
            failed.seed,
            failed.why,
            failed.case.written()
        );
    }
    println!("{name}: {}", report.reached);
    assert!(
        report.missed.is_empty(),
        "{name} never reached {:?}",
        report.missed
    );
}

macro_rules! targets {
    ($($name:ident),+) => {$(
        #[test]
        fn $name() {
            feeds(stringify!($name));
        }
    )+

        #[test]
        fn every_target_is_fed_here() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($name)),+]);
        }
    };
}
targets!(packets, polling, push, snapshot, recover, upcasters, decide);
