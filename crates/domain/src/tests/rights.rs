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
    none    admin   xxxxx
    none    manager xxxx.
    none    staff   xx...
    none    kitchen .....
    waiter  admin   xxxxx
    waiter  manager xxxx.
    waiter  staff   xx...
    waiter  kitchen .....
    office  admin   xxxxx
    office  manager xxxx.
    office  staff   xx...
    office  kitchen .....
    kitchen admin   .....
    kitchen manager .....
    kitchen staff   .....
    kitchen kitchen .....
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
