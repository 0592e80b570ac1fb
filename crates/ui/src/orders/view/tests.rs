//! What a waiter sees on a check.

use super::*;
use crate::fixtures::{NOW, SECOND, check, english};

fn shown_check() -> CheckShown {
    shown(&check(), Some("Ana Lopez"), &english())
}

fn rows_of(heading: &str) -> Vec<(u32, String, String)> {
    let groups = shown_check().groups;
    let group = groups
        .into_iter()
        .find(|group| group.heading == heading)
        .unwrap();
    group
        .rows
        .into_iter()
        .map(|row| (row.quantity, row.name, row.state.words))
        .collect()
}

#[test]
fn each_line_says_where_it_really_is() {
    assert_eq!(
        rows_of("Course 1"),
        [
            (
                1,
                "Burrata, peach & basil".to_owned(),
                "Ready to carry".to_owned()
            ),
            (
                1,
                "Sparkling water, 0.75".to_owned(),
                "NOT in the kitchen yet".to_owned()
            ),
            (1, "Olives".to_owned(), "Served 19:30".to_owned()),
            (
                1,
                "Bread & butter".to_owned(),
                "Voided 19:24 · Ana · Ordered by mistake".to_owned()
            ),
            (
                1,
                "Beef tartare".to_owned(),
                "With the kitchen 19:21".to_owned()
            ),
        ]
    );
}

#[test]
fn the_same_dish_tapped_twice_is_one_row_unless_it_is_elsewhere() {
    assert_eq!(
        rows_of("Not sent yet · course 1"),
        [
            (2, "Soup of the day".to_owned(), "On this device".to_owned()),
            (1, "Soup of the day".to_owned(), "At the hub".to_owned()),
        ]
    );
}

#[test]
fn a_merged_row_is_as_old_as_its_oldest_and_costs_what_all_cost() {
    let groups = shown_check().groups;
    let row = &groups.last().unwrap().rows[0];
    assert_eq!(row.state.since, Some(NOW.plus(-40 * SECOND)));
    assert_eq!(row.price, "16.00");
}

#[test]
fn others_lines_carry_their_names_and_ones_own_do_not() {
    let groups = shown_check().groups;
    let extras: Vec<_> = groups
        .iter()
        .flat_map(|group| &group.rows)
        .map(|row| row.extra.clone())
        .collect();
    assert!(extras.contains(&Some("Seat 2 · no onion".to_owned())));
    assert!(extras.contains(&Some("Ben".to_owned())));
}

#[test]
fn the_head_names_the_check_and_who_else_is_here() {
    let shown = shown_check();
    assert_eq!(shown.title, "Check 27 · Ana, Ben");
    assert_eq!(shown.company.as_deref(), Some("Ben is here too"));
    assert_eq!((shown.count, shown.total.as_str()), (9, "€125.50"));
}

#[test]
fn what_was_voided_is_struck_and_counts_no_more() {
    let groups = shown_check().groups;
    let rows: Vec<_> = groups.iter().flat_map(|group| &group.rows).collect();
    let struck: Vec<&str> = rows
        .iter()
        .filter(|row| row.struck)
        .map(|row| row.name.as_str())
        .collect();
    assert_eq!(struck, ["Bread & butter"]);
    let steak = rows
        .iter()
        .find(|row| row.name == "Rib eye, 300 g")
        .unwrap();
    assert_eq!(steak.chosen.as_deref(), Some("Medium rare"));
    assert_eq!(steak.state.words, "Being prepared");
}

#[test]
fn a_name_comes_before_the_number_and_stands_for_it_on_a_tab() {
    let named = Check {
        name: Some("Birthday".to_owned()),
        ..check()
    };
    let title = shown(&named, None, &english()).title;
    assert_eq!(title, "Birthday · Check 27 · Ana, Ben");
    let floor = crate::fixtures::floor();
    let table = floor.tables.iter().find(|table| table.name == "T4");
    let checks = table.map(|table| table.checks.as_slice()).unwrap();
    let tabs: Vec<_> = checks.iter().map(|brief| tab(brief, &english())).collect();
    assert_eq!(tabs, ["Check 27", "Birthday"]);
}

#[test]
fn alone_on_a_check_there_is_no_company() {
    let mut check = check();
    check.people = vec!["Ana Lopez".to_owned()];
    assert_eq!(shown(&check, Some("Ana Lopez"), &english()).company, None);
}
