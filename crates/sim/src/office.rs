//! The office, and programs of other people: writes that somebody waits for, online, straight at the hub.

use crate::device::Shown;
use crate::run::Run;
use crate::world::Rng;
use comanda::world::World;
use domain::Command;
use domain::auth::{AddPerson, ChangePerson, Role};
use domain::devices::Rename;
use domain::floor::{AddRoom, AddTable, ChangeTable, Room};
use domain::ids::{CategoryId, DishId, GroupId, PersonId, RoomId, TableId};
use domain::menu::{
    AddCategory, AddDish, AddGroup, Category, ChangeCategory, ChangeDish, ChangeGroup, Choice,
    Dish, Group,
};
use domain::money::Money;
use domain::settings::ChangeSettings;
use domain::text::{Label, Name, Seats, Username};
use protocol::bridge::{Model, View};

#[derive(Debug, Clone, Copy)]
enum Idea {
    Price,
    RemoveDish,
    AddDish,
    AddTable,
    ChangeTable,
    AddPerson,
    ChangePerson,
    RenameDevice,
    Settings,
    AddRoom,
    AddCategory,
    ChangeCategory,
    AddGroup,
    ChangeGroup,
    /// A program of somebody else's orders, sends, pays.
    Service,
}

const IDEAS: &[(usize, Idea)] = &[
    (30, Idea::Price),
    (6, Idea::RemoveDish),
    (6, Idea::AddDish),
    (4, Idea::AddTable),
    (8, Idea::ChangeTable),
    (4, Idea::AddPerson),
    (10, Idea::ChangePerson),
    (3, Idea::RenameDevice),
    (6, Idea::Settings),
    (2, Idea::AddRoom),
    (2, Idea::AddCategory),
    (3, Idea::ChangeCategory),
    (3, Idea::AddGroup),
    (5, Idea::ChangeGroup),
    (45, Idea::Service),
];

impl Run {
    /// Somebody asks the hub itself, and asks once more where no answer came.
    pub(crate) fn office(&mut self) {
        let device = self.rng.below(self.devices.len());
        let Some(command) = self.office_idea(device) else {
            return;
        };
        self.hub.node = self.rng.below(2);
        let key = self.world.id().to_string();
        let asked = self.hub.ask(&command, &key);
        self.mind_the_hub();
        let lost = self.may("answer lost to a program") && self.rng.per_mille(150);
        let answer = if lost {
            self.fault("answer lost to a program", command.kind().to_owned());
            let again = self.hub.ask(&command, &key);
            self.mind_the_hub();
            if let (Ok((first, _)), Ok((second, fresh))) = (&asked, &again)
                && (*fresh || first != second)
            {
                let kind = command.kind();
                self.violated(format!("{kind} was done twice for one key"));
            }
            again.or(asked)
        } else {
            asked
        };
        if let Ok((id, _)) = answer {
            self.traced(format!("the office: {} {id}", command.kind()));
            let device = None;
            self.shown.push(Shown {
                id,
                device,
                command,
            });
        }
    }

    fn office_idea(&mut self, device: usize) -> Option<Command> {
        let idea = *self.rng.weighted(IDEAS)?;
        if let Idea::Service = idea {
            return self.devices[device].idea(&mut self.rng);
        }
        let rng = &mut self.rng.clone();
        let device = &self.devices[device];
        let menu = device.menu()?;
        let floor = device.floor()?;
        let Some(Model::Session(session)) = device.view(&View::Session) else {
            return None;
        };
        let dish = rng.pick(&menu.dishes).map(|dish| dish.id);
        let table = rng.pick(&floor.tables);
        let name = Name::new(format!("No {}", rng.below(90))).ok()?;
        let id = self.world.id();
        Some(match idea {
            Idea::Service => return None,
            Idea::Price => price(dish?, rng)?.into(),
            Idea::RemoveDish => removed(dish?).into(),
            Idea::AddDish => self.dish(DishId(id), name, menu.categories.first()?.id, rng)?,
            Idea::AddTable => AddTable {
                id: TableId(id),
                name,
                room: floor.rooms.first()?.id,
                new_room: None,
                seats: Seats::new(2).ok()?,
                position: 9,
                spot: None,
            }
            .into(),
            Idea::ChangeTable => ChangeTable {
                id: table?.id,
                name: Some(name),
                room: None,
                new_room: None,
                seats: None,
                position: None,
                spot: None,
                // One table too few makes the rest of the evening dull.
                remove: floor.tables.len() > 3 && rng.per_mille(500),
            }
            .into(),
            Idea::AddPerson => AddPerson {
                id: PersonId(id),
                username: Username::new(format!("p{}", rng.below(100_000))).ok()?,
                full_name: name,
                role: Role::Staff,
            }
            .into(),
            Idea::ChangePerson => ChangePerson {
                id: rng.pick(&session.people)?.id,
                full_name: None,
                role: None,
                active: Some(rng.per_mille(600)),
                credentials: Vec::new(),
            }
            .into(),
            Idea::RenameDevice => Rename {
                id: device.identity()?.device,
                name,
            }
            .into(),
            Idea::Settings => ChangeSettings {
                name: Some(name),
                currency: None,
                zone: None,
                language: None,
                day_start: None,
                prices_include_tax: Some(rng.per_mille(500)),
            }
            .into(),
            Idea::AddRoom => AddRoom {
                room: Room {
                    id: RoomId(id),
                    name,
                    position: 2,
                },
            }
            .into(),
            Idea::AddCategory => AddCategory {
                category: Category {
                    id: CategoryId(id),
                    name,
                    position: 2,
                    dishes: Vec::new(),
                    removed: false,
                },
            }
            .into(),
            Idea::ChangeCategory => ChangeCategory {
                id: rng.pick(&menu.categories)?.id,
                name: Some(name),
                position: None,
                remove: false,
            }
            .into(),
            Idea::AddGroup => AddGroup {
                group: self.group(GroupId(id), name)?,
            }
            .into(),
            Idea::ChangeGroup => ChangeGroup {
                id: rng.pick(&menu.groups)?.id,
                name: Some(name),
                min: Some(u16::from(rng.per_mille(500))),
                max: None,
                options: None,
                remove: false,
            }
            .into(),
        })
    }

    fn dish(&self, id: DishId, name: Name, category: CategoryId, rng: &mut Rng) -> Option<Command> {
        let dish = Dish {
            id,
            category,
            name,
            kitchen_name: None,
            description: None,
            price: Money::new(700).ok()?,
            tax_rate: "20".parse().ok()?,
            allergens: Vec::new(),
            available: true,
            stations: vec![Label::new("kitchen").ok()?],
            position: 99,
            remaining: rng.per_mille(300).then_some(3),
            modifier_groups: Vec::new(),
            removed: false,
        };
        Some(AddDish { dish }.into())
    }

    fn group(&self, id: GroupId, name: Name) -> Option<Group> {
        let option = Choice {
            id: domain::ids::OptionId(self.world.id()),
            name: name.clone(),
            price: Money::new(30).ok()?,
        };
        Some(Group {
            id,
            name,
            min: 0,
            max: 1,
            options: vec![option],
            dishes: Vec::new(),
            removed: false,
        })
    }
}

fn price(dish: DishId, rng: &mut Rng) -> Option<ChangeDish> {
    let price = Money::new(100 + i64::try_from(rng.below(900)).ok()?).ok()?;
    Some(ChangeDish {
        price: Some(price),
        ..ChangeDish::of(dish)
    })
}

fn removed(dish: DishId) -> ChangeDish {
    ChangeDish {
        remove: true,
        ..ChangeDish::of(dish)
    }
}
