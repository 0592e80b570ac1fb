//! What a run has reached: faults, commands, and the rows of the table "what happens when two people did different
//! things". A row or a fault that no seed reaches fails the suite.

use domain::notifications::About;
use domain::sync::{EntryHead, Outcome};
use domain::time::Moment;
use domain::{Aggregate, Command, Event};
use std::collections::{BTreeMap, BTreeSet};

/// No service is so long.
const NIGHT: i64 = 10 * 60 * 60_000;

/// Whatever may befall.
pub const FAULTS: &[&str] = &[
    "lost",
    "answer lost",
    "doubled",
    "late",
    "out of order",
    "partition",
    "long partition",
    "device crash",
    "device crash in writing",
    "hub crash",
    "hub crash in writing",
    "device disk full",
    "hub disk full",
    "clock skew",
    "Kafka down",
    "Kafka stumbles",
    "copied device",
    "revoked device",
    "a device older than its hub",
    "a device newer than its hub",
    "undeclared rewind",
    "restore from an older backup",
    "two at once",
    "two nodes of the hub",
    "answer lost to a program",
    "night",
    "absent for more than 48 h",
    "absent for more than 72 h",
    "put back by days",
    "put back by more than devices remember",
];

/// The rows of the table whose commands there are.
pub const ROWS: &[&str] = &[
    "open table: two checks",
    "add lines: two devices, neither knew of the other's",
    "add to a paid bill: it goes in, due after payment",
    "send: already sent",
    "change quantity: another one meanwhile",
    "change quantity: fired meanwhile, more is a new line",
    "change quantity: fired meanwhile, less asks for a void",
    "void: somebody was quicker",
    "void: it cooks already, a manager is needed",
    "void: paid already",
    "bump: twice is once",
    "bump or advance: cooked in vain",
    "recall: the bump it saw is gone",
    "86: held",
    "86: forced",
    "86: the count falls at fire",
    "86: a void before cooking gives it back",
    "pay cash: more than is due",
    "pay cash: no bill takes it",
    "menu price: open lines keep theirs",
];

/// What only several days bring.
pub const DAYS: &[&str] = &[
    "a check is open over a night",
    "a check is over for 48 hours, and dropped",
    "a card is seen to for 48 hours, and dropped",
    "a dropped check changes, and comes with its entry",
    "a dropped check is open again",
    "a command is forgotten by its device after 72 hours",
];

/// The rows whose commands are not built yet: named, so that nobody takes them for covered.
pub const NOT_BUILT: &[&str] = &[
    "move",
    "merge",
    "split",
    "pay card",
    "refund",
    "close shift",
];

#[derive(Debug, Clone, Default)]
pub struct Coverage {
    pub faults: BTreeMap<&'static str, usize>,
    pub rows: BTreeMap<&'static str, usize>,
    pub kinds: BTreeMap<String, usize>,
    pub outcomes: BTreeMap<String, usize>,
}

impl Coverage {
    pub fn fault(&mut self, name: &'static str) {
        *self.faults.entry(name).or_default() += 1;
    }

    pub fn has_fault(&self, name: &str) -> bool {
        self.faults.contains_key(name)
    }

    fn row(&mut self, name: &'static str) {
        self.times(name, 1);
    }

    /// So many more of these; none reach nothing.
    pub fn times(&mut self, name: &'static str, times: usize) {
        if times > 0 {
            *self.rows.entry(name).or_default() += times;
        }
    }

    pub fn add(&mut self, other: &Coverage) {
        let add = |to: &mut BTreeMap<&'static str, usize>, from: &BTreeMap<&'static str, usize>| {
            for (name, times) in from {
                *to.entry(name).or_default() += times;
            }
        };
        add(&mut self.faults, &other.faults);
        add(&mut self.rows, &other.rows);
        for (kind, times) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += times;
        }
        for (outcome, times) in &other.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += times;
        }
    }

    /// What nothing has reached.
    pub fn missing(&self) -> Vec<String> {
        let fault = |name: &&&str| !self.faults.contains_key(**name);
        let row = |name: &&&str| !self.rows.contains_key(**name);
        let kind = |(kind, _): &&(&str, u16)| !self.kinds.contains_key(*kind);
        let faults = FAULTS
            .iter()
            .filter(fault)
            .map(|name| format!("fault: {name}"));
        let rows = ROWS.iter().chain(DAYS).filter(row);
        let rows = rows.map(|name| format!("row: {name}"));
        let kinds = Command::KNOWN.iter().filter(kind);
        let kinds = kinds.map(|(kind, _)| format!("command: {kind}"));
        faults.chain(rows).chain(kinds).collect()
    }

    /// Takes in one entry of the log, in order.
    pub fn entry(
        &mut self,
        looked: &mut Looked,
        head: &EntryHead,
        seen: Option<u64>,
        events: &[Event],
    ) {
        *self.kinds.entry(head.kind.clone()).or_default() += 1;
        let outcome = match head.outcome {
            Outcome::Applied => "applied".to_owned(),
            Outcome::Quarantined => "quarantined".to_owned(),
            Outcome::Rejected => format!("rejected {}", head.code.as_deref().unwrap_or("")),
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        for event in events {
            if let Event::CardRaised(raised) = event {
                self.card(&raised.card.about);
            }
            if let Event::LinesAdded(added) = event {
                let last = looked.added.insert(added.order, (head.device, head.seq));
                let unknown =
                    |(device, seq)| device != head.device && seen.is_some_and(|seen| seen < seq);
                if head.kind == "orders.add" && last.is_some_and(unknown) {
                    self.row("add lines: two devices, neither knew of the other's");
                }
                if head.kind == "orders.change" {
                    self.row("change quantity: fired meanwhile, more is a new line");
                }
            }
        }
        self.days(looked, head, events);
        let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
        let applied = head.outcome == Outcome::Applied && head.device.is_some();
        let code = head.code.as_deref();
        let counted = has(|event| matches!(event, Event::DishCounted(_)));
        match head.kind.as_str() {
            "orders.void" if applied && events.is_empty() => self.row("void: somebody was quicker"),
            "orders.void" if code == Some("approval_required") => {
                self.row("void: it cooks already, a manager is needed");
            }
            "orders.void" if code == Some("already_paid") => self.row("void: paid already"),
            "orders.void" if counted => self.row("86: a void before cooking gives it back"),
            "kitchen.bump" if applied && !has(|event| matches!(event, Event::TicketBumped(_))) => {
                self.row("bump: twice is once");
            }
            "kitchen.recall"
                if applied && !has(|event| matches!(event, Event::TicketRecalled(_))) =>
            {
                self.row("recall: the bump it saw is gone");
            }
            "orders.force" if has(|event| matches!(event, Event::LinesFired(_))) => {
                self.row("86: forced");
            }
            "orders.send" if counted => self.row("86: the count falls at fire"),
            _ => {}
        }
    }

    fn card(&mut self, about: &About) {
        match about {
            About::TwoChecks { .. } => self.row("open table: two checks"),
            About::AlreadySent { .. } => self.row("send: already sent"),
            About::QuantityChanged { .. } => self.row("change quantity: another one meanwhile"),
            About::VoidAsked { .. } => {
                self.row("change quantity: fired meanwhile, less asks for a void");
            }
            About::CookedInVain { .. } => self.row("bump or advance: cooked in vain"),
            About::DishGone { .. } => self.row("86: held"),
            About::DueAfterPayment { .. } => {
                self.row("add to a paid bill: it goes in, due after payment");
            }
            About::Overpaid { .. } => self.row("pay cash: more than is due"),
            About::UnassignedMoney { .. } => self.row("pay cash: no bill takes it"),
            About::LineRepeated { .. } | About::FoundCheck { .. } | About::UnknownTable { .. } => {}
            About::PriceDiffers { .. } | About::ChangedTooLate { .. } => {}
            About::NotPermitted { .. } | About::Rejected { .. } => {}
            About::MissingRange { .. } | About::Quarantined { .. } => {}
        }
    }

    /// What days bring, as far as one entry says so.
    fn days(&mut self, looked: &mut Looked, head: &EntryHead, events: &[Event]) {
        for event in events {
            if let Event::OrderOpened(opened) = event {
                looked.opened.insert(opened.order, head.hub_at);
            }
            let order = event.order();
            let night = |opened: &mut Moment| head.hub_at.since(*opened) > NIGHT;
            if let Some(order) = order
                && looked.opened.get_mut(&order).is_some_and(night)
            {
                looked.opened.remove(&order);
                self.row("a check is open over a night");
            }
        }
        for carried in head.rows().unwrap_or_default() {
            if let Aggregate::Order(order) = carried.row.body {
                self.row("a dropped check changes, and comes with its entry");
                self.times(
                    "a dropped check is open again",
                    usize::from(order.closed.is_none()),
                );
            }
        }
    }
}

/// What has to be remembered between two entries.
#[derive(Debug, Default)]
pub struct Looked {
    /// The checks of which it is not known yet that they were open over a night.
    opened: BTreeMap<domain::ids::OrderId, Moment>,
    added: BTreeMap<domain::ids::OrderId, (Option<domain::ids::DeviceId>, u64)>,
}

/// The names of all faults, for whoever turns them off.
pub fn faults() -> BTreeSet<&'static str> {
    FAULTS.iter().copied().collect()
}
