//! The table of rights: every act, role and kind of device.

use crate::auth::{Act, Role, may};
use crate::devices::DeviceKind;

#[test]
fn the_table_of_rights_is_this_one() {
    let acts = Act::ALL;
    let roles = [Role::Admin, Role::Manager, Role::Staff, Role::Kitchen];
    let devices = [
        None,
        Some(DeviceKind::Waiter),
        Some(DeviceKind::Office),
        Some(DeviceKind::Kitchen),
    ];
    let mut table = String::new();
    for device in devices {
        for role in roles {
            let granted = acts.map(|act| if may(role, device, act) { 'x' } else { '.' });
            let device = device.map_or("none", DeviceKind::as_str);
            table.push_str(&format!(
                "{device:<8}{:<8}{}\n",
                role.as_str(),
                granted.iter().collect::<String>()
            ));
        }
    }
    insta::assert_snapshot!(table, @r"
    none    admin   xxxxxxxxxxx
    none    manager xxxxxxxxxx.
    none    staff   x.xx.......
    none    kitchen ....xx.....
    waiter  admin   xxxxxxxxxxx
    waiter  manager xxxxxxxxxx.
    waiter  staff   x.xx.......
    waiter  kitchen ....xx.....
    office  admin   xxxxxxxxxxx
    office  manager xxxxxxxxxx.
    office  staff   x.xx.......
    office  kitchen ....xx.....
    kitchen admin   ....xx.....
    kitchen manager ....xx.....
    kitchen staff   ....xx.....
    kitchen kitchen ....xx.....
    ");
}

#[test]
fn words_for_roles_and_kinds_read_back() {
    for role in [Role::Admin, Role::Manager, Role::Staff, Role::Kitchen] {
        assert_eq!(Role::parse(role.as_str()), Some(role));
    }
    for kind in [DeviceKind::Waiter, DeviceKind::Kitchen, DeviceKind::Office] {
        assert_eq!(DeviceKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!((Role::parse("Admin"), DeviceKind::parse("")), (None, None));
}

/// `docs/security.md` shows this very table. To write it anew: `RIGHTS=print cargo test -p domain rights -- --nocapture`.
#[test]
fn the_page_on_security_shows_the_table_of_rights() {
    let page = include_str!("../../../../docs/security.md");
    let mut table =
        String::from("| | admin | manager | staff | kitchen | anybody on a kitchen device |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for act in Act::ALL {
        let mark = |yes| if yes { "yes" } else { "" };
        let roles = Role::ALL.map(|role| mark(may(role, None, act)));
        let at_the_pass = mark(may(Role::Admin, Some(DeviceKind::Kitchen), act));
        let roles = roles.join(" | ");
        table.push_str(&format!("| {} | {roles} | {at_the_pass} |\n", act.what()));
    }
    if std::env::var("RIGHTS").is_ok_and(|word| word == "print") {
        println!("{table}");
    }
    assert!(
        page.contains(&table),
        "docs/security.md shows another table"
    );
}
