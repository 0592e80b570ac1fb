//! Choosing what goes with a dish: what has to be said comes first, and says what it still lacks.

use domain::ids::{DishId, GroupId, OptionId};
use domain::money::Money;
use protocol::view::{Menu, ModifierGroup};

#[derive(Debug, Clone, PartialEq)]
pub struct Choosing {
    /// What has to be chosen from comes first.
    pub groups: Vec<ModifierGroup>,
    chosen: Vec<OptionId>,
}

impl Choosing {
    pub fn of(menu: &Menu, dish: DishId) -> Self {
        let dish = menu.dishes.iter().find(|known| known.id == dish);
        let named = dish.map(|dish| dish.groups.as_slice()).unwrap_or_default();
        let group = |id: &GroupId| menu.groups.iter().find(|group| group.id == *id);
        let mut groups: Vec<_> = named.iter().filter_map(group).cloned().collect();
        groups.sort_by_key(|group| group.min == 0);
        let chosen = Vec::new();
        Self { groups, chosen }
    }

    /// Something has to be said before the dish can be ordered.
    pub fn asks(&self) -> bool {
        self.groups.iter().any(|group| group.min > 0)
    }

    pub fn has(&self, option: OptionId) -> bool {
        self.chosen.contains(&option)
    }

    fn count(&self, group: &ModifierGroup) -> usize {
        let options = group.options.iter();
        options.filter(|option| self.has(option.id)).count()
    }

    /// No other option of the group can be taken before one is given back; one of one is simply another one.
    pub fn is_full(&self, group: &ModifierGroup) -> bool {
        group.max > 1 && self.count(group) >= usize::from(group.max)
    }

    pub fn toggle(&mut self, group: GroupId, option: OptionId) {
        let Some(group) = self.groups.iter().find(|known| known.id == group).cloned() else {
            return;
        };
        if self.has(option) {
            self.chosen.retain(|chosen| *chosen != option);
        } else if group.max == 1 {
            let of_group = |id: &OptionId| group.options.iter().any(|option| option.id == *id);
            self.chosen.retain(|chosen| !of_group(chosen));
            self.chosen.push(option);
        } else if !self.is_full(&group) {
            self.chosen.push(option);
        }
    }

    /// The first group that still has to be chosen from.
    pub fn missing(&self) -> Option<&ModifierGroup> {
        let lacks = |group: &&ModifierGroup| self.count(group) < usize::from(group.min);
        self.groups.iter().find(lacks)
    }

    /// In the order of the groups, as the kitchen reads it.
    pub fn options(&self) -> Vec<OptionId> {
        let all = self.groups.iter().flat_map(|group| &group.options);
        all.map(|option| option.id)
            .filter(|option| self.has(*option))
            .collect()
    }

    /// What one costs with all that was chosen.
    pub fn price(&self, dish: Money) -> Money {
        let all = self.groups.iter().flat_map(|group| &group.options);
        let chosen = all.filter(|option| self.has(option.id));
        Money::sum([dish].into_iter().chain(chosen.map(|option| option.price))).unwrap_or(dish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::menu;

    fn steak() -> Choosing {
        let menu = menu();
        let dish = menu.dishes.iter().find(|dish| !dish.groups.is_empty());
        Choosing::of(&menu, dish.unwrap().id)
    }

    fn tap(choosing: &mut Choosing, group: usize, option: usize) {
        let group = choosing.groups[group].clone();
        choosing.toggle(group.id, group.options[option].id);
    }

    #[test]
    fn what_has_to_be_said_comes_first_and_is_missed_until_it_is() {
        let mut steak = steak();
        assert!(steak.asks());
        assert_eq!(steak.missing().unwrap().name, "How done");
        tap(&mut steak, 0, 1);
        assert_eq!(steak.missing(), None);
    }

    #[test]
    fn one_of_one_is_another_one_and_two_of_two_are_full() {
        let mut steak = steak();
        tap(&mut steak, 0, 1);
        tap(&mut steak, 0, 2);
        assert_eq!(steak.options(), [steak.groups[0].options[2].id]);
        for option in 0..3 {
            tap(&mut steak, 1, option);
        }
        assert!(steak.is_full(&steak.groups[1]));
        assert_eq!(steak.options().len(), 3, "the third extra is not taken");
        tap(&mut steak, 1, 0);
        assert!(!steak.is_full(&steak.groups[1]));
    }

    #[test]
    fn the_price_follows_what_is_chosen_up_and_down() {
        let mut steak = steak();
        let plain = Money::new(3_200).unwrap();
        assert_eq!(steak.price(plain), plain);
        tap(&mut steak, 1, 0);
        tap(&mut steak, 1, 3);
        assert_eq!(steak.price(plain), Money::new(3_550).unwrap());
    }
}
