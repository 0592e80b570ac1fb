//! People, their roles, and what each role may do on each kind of device.

use crate::devices::DeviceKind;
use crate::event::Event;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::rules::Ctx;
use crate::state::{Key, State};
use crate::text::{Name, Username};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Manager,
    Staff,
    Kitchen,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Staff => "staff",
            Self::Kitchen => "kitchen",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Manager, Self::Staff, Self::Kitchen]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// What somebody may or may not do. Reading is common to all; what is listed changes something or is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    TakeOrders,
    SeeMoney,
    ReadEvents,
    ManageDevices,
    ManageRestaurant,
}

/// The one table of rights: act by role, narrowed by the kind of the device where there is one.
pub fn may(role: Role, device: Option<DeviceKind>, act: Act) -> bool {
    let on_kitchen_device = device == Some(DeviceKind::Kitchen);
    match act {
        Act::TakeOrders => role != Role::Kitchen && !on_kitchen_device,
        Act::SeeMoney => role != Role::Kitchen && !on_kitchen_device,
        Act::ReadEvents | Act::ManageDevices => {
            matches!(role, Role::Admin | Role::Manager) && !on_kitchen_device
        }
        Act::ManageRestaurant => role == Role::Admin && !on_kitchen_device,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub id: PersonId,
    pub username: Username,
    pub full_name: Name,
    pub role: Role,
    pub active: bool,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Adds a person. The password is a side row: it never enters the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPerson {
    pub id: PersonId,
    pub username: Username,
    pub full_name: Name,
    pub role: Role,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonAdded {
    pub person: Person,
}

pub fn add_person(state: &State, cmd: &AddPerson, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    if state.person(cmd.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let person = Person {
        id: cmd.id,
        username: cmd.username.clone(),
        full_name: cmd.full_name.clone(),
        role: cmd.role,
        active: true,
        created_at: ctx.at,
        updated_at: ctx.at,
    };
    Ok(vec![PersonAdded { person }.into()])
}

pub fn apply_person_added(state: &mut State, event: &PersonAdded) {
    state.put(Key::Person(event.person.id), event.person.clone().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kitchen_takes_no_orders_and_sees_no_money() {
        for act in [
            Act::TakeOrders,
            Act::SeeMoney,
            Act::ReadEvents,
            Act::ManageDevices,
            Act::ManageRestaurant,
        ] {
            assert!(!may(Role::Kitchen, None, act), "{act:?}");
            assert!(
                !may(Role::Admin, Some(DeviceKind::Kitchen), act),
                "{act:?} on a kitchen device"
            );
            assert!(
                may(Role::Admin, Some(DeviceKind::Office), act),
                "{act:?} for an admin"
            );
        }
        assert!(may(Role::Staff, Some(DeviceKind::Waiter), Act::TakeOrders));
        assert!(!may(Role::Manager, None, Act::ManageRestaurant));
        assert!(!may(Role::Staff, None, Act::ReadEvents));
    }
}
