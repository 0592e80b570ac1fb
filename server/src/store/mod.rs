//! SQL only: no rule of the restaurant is decided here.

pub mod aggregates;
pub mod copy;
pub mod credentials;
pub mod db;
pub mod head;
pub mod idempotency;
pub mod keys;
pub mod lease;
pub mod lines;
pub mod log;
pub mod meanwhile;
pub mod outbox;
pub mod place;
pub mod queues;
pub mod receipts;
pub mod reports;
pub mod sales;
pub mod sessions;
pub mod whole;

pub use db::{Db, Tx};

/// How many values one statement may bind; SQLite's own limit is far above.
pub(crate) const MOST_BINDS: usize = 900;

/// Cuts rows of so many columns into pieces of few different lengths, the powers of two and whatever is short: a
/// statement for each length is prepared once and found again.
pub(crate) fn pieces<T>(mut rows: &[T], columns: usize) -> impl Iterator<Item = &[T]> {
    const SHORT: usize = 8;
    let most = MOST_BINDS / columns;
    std::iter::from_fn(move || {
        let length = rows.len().min(most);
        let length = if length > SHORT {
            1 << length.ilog2()
        } else {
            length
        };
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        (length > 0).then_some(piece)
    })
}

/// What an `IN` list asks for, in pieces of the same few lengths: the last is asked for as often as it takes.
pub(crate) fn asked<T>(ids: &[T]) -> impl Iterator<Item = impl Iterator<Item = &T>> {
    ids.chunks(MOST_BINDS / 2).map(|part| {
        let rest = part.len().next_power_of_two() - part.len();
        let last = part.last().into_iter().cycle().take(rest);
        part.iter().chain(last)
    })
}

#[cfg(test)]
mod tests {
    use super::{asked, pieces};
    use std::collections::BTreeSet;

    #[test]
    fn pieces_are_all_of_it_in_order_and_of_few_lengths() {
        let rows: Vec<usize> = (0..1000).collect();
        assert_eq!(
            pieces(&rows, 9).flatten().copied().collect::<Vec<_>>(),
            rows
        );
        let lengths: BTreeSet<usize> = (0..1000)
            .flat_map(|most| pieces(&rows[..most], 9).map(<[usize]>::len))
            .collect();
        assert_eq!(lengths, [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64].into());
        assert_eq!(pieces(&rows[..0], 9).count(), 0);
    }

    #[test]
    fn what_is_asked_for_is_all_of_it_and_nothing_else() {
        let ids: Vec<usize> = (0..1000).collect();
        let mut all: Vec<usize> = asked(&ids).flatten().copied().collect();
        all.dedup();
        assert_eq!(all, ids);
        assert!(asked(&ids).all(|part| part.count().is_power_of_two()));
        assert_eq!(asked(&ids[..0]).count(), 0);
    }
}
