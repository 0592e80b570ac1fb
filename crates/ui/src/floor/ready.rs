//! Food that has become ready for one's own tables since one last looked.

use domain::ids::{OrderId, PersonId};
use protocol::view::{CheckBrief, Floor};
use std::collections::BTreeMap;

/// Two soft rising notes: the pass calls.
pub const CHIME: [(f32, u32, u32); 2] = [(659.3, 0, 220), (987.8, 160, 420)];

#[derive(Debug, Clone, PartialEq)]
pub struct ReadyNow {
    pub place: Option<String>,
    pub count: usize,
}

#[derive(Debug, Default)]
pub struct Watch {
    last: Option<BTreeMap<OrderId, usize>>,
}

impl Watch {
    /// What was ready at the first look is seen on the floor, and not called again.
    pub fn look(&mut self, floor: &Floor, me: PersonId) -> Vec<ReadyNow> {
        let own = |check: &&CheckBrief| check.owner_id == Some(me);
        let seated = floor.tables.iter().flat_map(|table| {
            let checks = table.checks.iter();
            checks.map(|check| (Some(table.name.clone()), check))
        });
        let loose = floor.loose.iter().map(|check| (check.name.clone(), check));
        let all: Vec<_> = seated
            .chain(loose)
            .filter(|(_, check)| own(check))
            .collect();
        let now = all.iter().map(|(_, check)| (check.order, check.ready));
        let last = self.last.replace(now.collect());
        let Some(last) = last else {
            return Vec::new();
        };
        let more = |(place, check): (Option<String>, &CheckBrief)| {
            let before = last.get(&check.order).copied().unwrap_or_default();
            let count = check.ready;
            (count > before).then_some(ReadyNow { place, count })
        };
        all.into_iter().filter_map(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{floor, session};

    fn with_ready(count: usize) -> Floor {
        let mut floor = floor();
        for table in floor.tables.iter_mut().filter(|table| table.name == "T5") {
            table.checks[0].ready = count;
        }
        floor
    }

    #[test]
    fn what_becomes_ready_is_called_once_and_only_to_whom_it_belongs() {
        let people = session().people;
        let (mut ana, mut ben) = (Watch::default(), Watch::default());
        for watch in [(&mut ana, people[0].id), (&mut ben, people[1].id)] {
            assert!(watch.0.look(&with_ready(0), watch.1).is_empty(), "at first");
        }
        let called = ana.look(&with_ready(2), people[0].id);
        assert_eq!(
            (called[0].place.as_deref(), called[0].count),
            (Some("T5"), 2)
        );
        assert!(ana.look(&with_ready(2), people[0].id).is_empty());
        assert!(ana.look(&with_ready(1), people[0].id).is_empty(), "carried");
        assert_eq!(ana.look(&with_ready(2), people[0].id).len(), 1);
        assert!(ben.look(&with_ready(2), people[1].id).is_empty());
    }
}
