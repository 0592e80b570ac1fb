//! Floor model → what is shown of it: each table's state in colour, icon and word, and what needs somebody.

use crate::components::{Icon, Tone};
use crate::strings::Locale;
use domain::floor::Spot;
use domain::ids::{OrderId, PersonId, RoomId, TableId};
use domain::time::Moment;
use protocol::view::{CheckBrief, Floor, Table, TableState};

/// Guests that sit this long with nothing ordered have been forgotten.
const FORGOTTEN_MS: i64 = 8 * 60_000;

#[derive(Debug, Clone, PartialEq)]
pub struct TableShown {
    pub id: TableId,
    pub name: String,
    pub tone: Tone,
    pub icon: Icon,
    pub word: String,
    /// "2 guests · Birthday · Ana", or "4 seats" where nobody sits.
    pub detail: String,
    pub seated_since: Option<Moment>,
    pub total: Option<String>,
    pub spot: Option<Spot>,
    pub goes: Goes,
}

/// Where a tap on a table leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// Nobody sits here: ask for the guests.
    Seat(TableId),
    Check(TableId, OrderId),
}

/// One thing in the bar of what needs somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    pub key: String,
    pub tone: Tone,
    pub icon: Icon,
    pub title: String,
    pub since: Moment,
    pub order: OrderId,
    pub table: Option<TableId>,
}

/// "5 tables, 14 guests".
pub fn summary(floor: &Floor, locale: &Locale) -> String {
    let taken = floor.tables.iter().filter(|table| !table.checks.is_empty());
    let guests: u32 = checks(floor)
        .map(|(_, check)| u32::from(check.guests))
        .sum();
    let tables = say!(locale, "tables", count = taken.count());
    let guests = say!(locale, "guests", count = guests);
    format!("{tables}, {guests}")
}

pub fn tables_of(floor: &Floor, room: RoomId, locale: &Locale) -> Vec<TableShown> {
    let here = floor.tables.iter().filter(|table| table.room == room);
    here.map(|table| shown(table, locale)).collect()
}

/// How many tables of a room are taken.
pub fn taken(floor: &Floor, room: RoomId) -> usize {
    let here = floor.tables.iter().filter(|table| table.room == room);
    here.filter(|table| !table.checks.is_empty()).count()
}

fn shown(table: &Table, locale: &Locale) -> TableShown {
    let (tone, icon, word) = state(table, locale);
    let newest = table.checks.iter().max_by_key(|check| check.touched_at);
    let detail = detail(table, locale);
    TableShown {
        id: table.id,
        name: table.name.clone(),
        tone,
        icon,
        word,
        detail,
        seated_since: table.checks.iter().map(|check| check.opened_at).min(),
        total: newest.map(|_| locale.money(total(&table.checks))),
        spot: table.spot,
        goes: newest.map_or(Goes::Seat(table.id), |check| {
            Goes::Check(table.id, check.order)
        }),
    }
}

fn total(checks: &[CheckBrief]) -> domain::money::Money {
    let all = checks.iter().map(|check| check.total);
    domain::money::Money::sum(all).unwrap_or_default()
}

fn state(table: &Table, locale: &Locale) -> (Tone, Icon, String) {
    let unsent: usize = table.checks.iter().map(|check| check.unsent).sum();
    let ready: usize = table.checks.iter().map(|check| check.ready).sum();
    let waits = table
        .checks
        .iter()
        .any(|check| check.waiting_since.is_some());
    match table.state {
        TableState::Free => (Tone::Quiet, Icon::CircleDashed, say!(locale, "table-free")),
        TableState::NotSent if unsent > 0 => (
            Tone::Wait,
            Icon::Clock,
            say!(locale, "table-not-sent", count = unsent),
        ),
        // Whatever else it is: something of it has not left this device.
        TableState::Seated | TableState::NotSent | TableState::Ordered if waits => {
            (Tone::Wait, Icon::CloudOff, say!(locale, "table-waits"))
        }
        TableState::NotSent => (
            Tone::Wait,
            Icon::Clock,
            say!(locale, "table-not-in-kitchen"),
        ),
        TableState::Bill => (Tone::Bill, Icon::ReceiptText, say!(locale, "table-bill")),
        TableState::Ready => (
            Tone::Ready,
            Icon::ConciergeBell,
            say!(locale, "table-ready", count = ready.max(1)),
        ),
        TableState::Attention => (
            Tone::Late,
            Icon::CircleAlert,
            say!(locale, "table-attention"),
        ),
        TableState::Seated => (Tone::Seated, Icon::Armchair, say!(locale, "table-seated")),
        TableState::Ordered => (Tone::Cook, Icon::ChefHat, say!(locale, "table-ordered")),
    }
}

fn detail(table: &Table, locale: &Locale) -> String {
    if table.checks.is_empty() {
        return say!(locale, "seats", count = table.seats);
    }
    let guests: u32 = table
        .checks
        .iter()
        .map(|check| u32::from(check.guests))
        .sum();
    let mut owners: Vec<String> = table
        .checks
        .iter()
        .filter_map(|check| check.owner.clone())
        .collect();
    owners.sort();
    owners.dedup();
    let owners = owners
        .iter()
        .map(|owner| first_name(owner))
        .collect::<Vec<_>>();
    let guests = say!(locale, "guests", count = guests);
    let names = table.checks.iter().filter_map(|check| check.name.clone());
    std::iter::once(guests)
        .chain(names)
        .chain(owners)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Colleagues know one another by the first name.
pub fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or(name).to_owned()
}

fn checks(floor: &Floor) -> impl Iterator<Item = (Option<&Table>, &CheckBrief)> {
    let seated = floor
        .tables
        .iter()
        .flat_map(|table| table.checks.iter().map(move |check| (Some(table), check)));
    seated.chain(floor.loose.iter().map(|check| (None, check)))
}

/// What needs somebody: what is ready to be carried, then the longest wait first. Food and bills are for whom the table
/// belongs to, or for everybody where it belongs to nobody.
pub fn needs(floor: &Floor, me: Option<PersonId>, now: Moment, locale: &Locale) -> Vec<Need> {
    let mut needs: Vec<Need> = checks(floor)
        .flat_map(|(table, check)| needs_of(table, check, me, now, locale))
        .collect();
    needs.sort_by_key(|need| (need.tone != Tone::Ready, need.since));
    needs
}

fn needs_of(
    table: Option<&Table>,
    check: &CheckBrief,
    me: Option<PersonId>,
    now: Moment,
    locale: &Locale,
) -> Vec<Need> {
    let mine = check.owner_id.is_none() || check.owner_id == me;
    let ready = (mine && check.ready > 0).then(|| {
        let words = say!(locale, "table-ready", count = check.ready);
        (Tone::Ready, Icon::ConciergeBell, words, check.touched_at)
    });
    let bill = (mine && check.bill).then(|| {
        let words = say!(locale, "table-bill");
        (Tone::Bill, Icon::ReceiptText, words, check.touched_at)
    });
    let waits = waits(table, check, now, locale);
    let all = ready.into_iter().chain(bill).chain(waits).enumerate();
    all.map(|(at, (tone, icon, words, since))| {
        let table_name = table.map(|table| table.name.clone());
        let parts = table_name.into_iter().chain(check.name.clone());
        Need {
            key: format!("{}-{at}", check.order),
            tone,
            icon,
            title: parts.chain([words]).collect::<Vec<_>>().join(" · "),
            since,
            order: check.order,
            table: table.map(|table| table.id),
        }
    })
    .collect()
}

/// What of a check waits for somebody to go on with it.
fn waits(
    table: Option<&Table>,
    check: &CheckBrief,
    now: Moment,
    locale: &Locale,
) -> Option<(Tone, Icon, String, Moment)> {
    let forgotten = check.lines == 0 && now.since(check.opened_at) >= FORGOTTEN_MS;
    match (check.waiting_since, table) {
        (Some(since), _) => Some((
            Tone::Wait,
            Icon::CloudOff,
            say!(locale, "table-waits"),
            since,
        )),
        (None, _) if check.unsent > 0 => {
            let words = say!(locale, "table-not-sent", count = check.unsent);
            Some((Tone::Wait, Icon::Clock, words, check.touched_at))
        }
        (None, None) => Some((
            Tone::Wait,
            Icon::CircleAlert,
            say!(locale, "check-without-table"),
            check.opened_at,
        )),
        (None, Some(_)) if forgotten => Some((
            Tone::Seated,
            Icon::Armchair,
            say!(locale, "table-nothing-ordered"),
            check.opened_at,
        )),
        (None, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{MINUTE, NOW, english, floor};

    fn table(name: &str) -> TableShown {
        let (floor, locale) = (floor(), english());
        let found = floor
            .tables
            .iter()
            .find(|table| table.name == name)
            .unwrap();
        shown(found, &locale)
    }

    #[test]
    fn each_state_has_its_word_and_says_who_sits_there() {
        let said = |name: &str| (table(name).word, table(name).detail);
        let is = |word: &str, detail: &str| (word.to_owned(), detail.to_owned());
        assert_eq!(said("T1"), is("Free", "4 seats"));
        assert_eq!(said("T2"), is("2 not sent", "2 guests · Ana"));
        assert_eq!(said("T4"), is("3 not sent", "3 guests · Birthday · Ana"));
        assert_eq!(said("T5"), is("Ordered", "4 guests · Ana"));
        assert_eq!(said("T6"), is("Seated", "2 guests · Ben"));
    }

    #[test]
    fn what_was_sent_here_only_is_not_shown_as_ordered() {
        let shown = table("T7");
        assert_eq!(
            (shown.tone, shown.word.as_str()),
            (Tone::Wait, "Not at the hub yet")
        );
    }

    #[test]
    fn a_tap_leads_to_the_check_that_was_touched_last() {
        assert!(matches!(table("T1").goes, Goes::Seat(_)));
        let floor = floor();
        let t4 = floor
            .tables
            .iter()
            .find(|table| table.name == "T4")
            .unwrap();
        assert_eq!(table("T4").goes, Goes::Check(t4.id, t4.checks[1].order));
    }

    fn ana() -> Option<PersonId> {
        Some(crate::fixtures::session().people[0].id)
    }

    #[test]
    fn a_bill_is_told_to_whom_the_table_belongs() {
        let ben = Some(crate::fixtures::session().people[1].id);
        let asked = |me| {
            let needs = needs(&floor(), me, NOW, &english());
            needs.iter().any(|need| need.title == "T11 · Bill asked")
        };
        assert!(asked(ben) && !asked(ana()));
    }

    #[test]
    fn what_needs_somebody_comes_with_the_longest_wait_first() {
        let titles: Vec<String> = needs(&floor(), ana(), NOW, &english())
            .into_iter()
            .map(|need| need.title)
            .collect();
        assert_eq!(
            titles,
            [
                "T9 · 2 ready",
                "T6 · Nothing ordered yet",
                "T2 · 2 not sent",
                "Check without a table",
                "T7 · Not at the hub yet",
                "T4 · Birthday · 3 not sent",
            ]
        );
        let earlier = NOW.plus(-5 * MINUTE);
        assert!(
            needs(&floor(), ana(), earlier, &english())
                .iter()
                .all(|need| need.title != titles[1])
        );
    }

    #[test]
    fn the_summary_counts_tables_and_guests() {
        assert_eq!(summary(&floor(), &english()), "7 tables, 23 guests");
    }
}
